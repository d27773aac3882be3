import { css } from 'lit';

/** What is said to screen readers and not seen, by an element of class `live`. */
export const liveRegionStyles = css`
  .live {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`;
