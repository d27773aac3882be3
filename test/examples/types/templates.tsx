import type { GanCanvasElements } from 'gan-canvas/jsx';
import { GanCanvas } from 'gan-canvas/react';
import { createRef, type HTMLAttributes, type ReactElement } from 'react';

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements extends GanCanvasElements<HTMLAttributes<HTMLElement>> {}
  }
}

const ref = createRef<HTMLElementTagNameMap['gan-canvas']>();

export const component: ReactElement = (
  <GanCanvas
    ref={ref}
    className="fruit"
    seed={42}
    latentDim={16}
    directions={{ redness: 1 }}
    onError={({ code, message }) => console.log(code satisfies string, message)}
    onFineTuneStep={({ step }) => console.log(step.losses)}
  >
    <p>No fruit today.</p>
  </GanCanvas>
);

export const tag: ReactElement = (
  <gan-canvas
    seed="42"
    latent-dim={16}
    class-label="apple whole"
    className="fruit"
    autoplay
    onrender={({ durationMs }) => console.log(durationMs)}
  />
);

// Wrong names and values are errors, so the types are really there.
export const mistakes: readonly ReactElement[] = [
  // @ts-expect-error no such property
  <GanCanvas nothing="1" />,
  // @ts-expect-error a number is wanted
  <GanCanvas latentDim="many" />,
  // @ts-expect-error the event of `render` has no code
  <GanCanvas onRender={({ code }) => console.log(code)} />,
  // @ts-expect-error neither lazy nor eager
  <gan-canvas loading="later" />,
  // @ts-expect-error no such event
  <gan-canvas onrender={({ nothing }) => console.log(nothing)} />,
];
void ref.current?.generate({ seed: '7' });
