import { GanCanvas } from 'gan-canvas/react';
import { createElement, Fragment } from 'react';

const DOT = 'data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7';

/** The same on the server and in the page. */
export const app = () =>
  createElement(
    Fragment,
    null,
    createElement(
      GanCanvas,
      { seed: 42, latentDim: 16, autoplay: false, poster: DOT, alt: 'A fruit', className: 'fruit', directions: { redness: 1 } },
      createElement('p', null, 'No fruit today.'),
    ),
    createElement(GanCanvas, { id: 'narrow', controls: true, poster: DOT, alt: '' }),
    createElement(
      GanCanvas,
      { id: 'wide', controls: true, alt: '', style: { width: '700px' } },
      createElement('p', null, 'Nothing to steer.'),
    ),
  );
