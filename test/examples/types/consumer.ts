import { GanCanvas } from 'gan-canvas';
import { createGenerator, type Picture } from 'gan-canvas/core';

const tag: GanCanvas | null = document.querySelector('gan-canvas');
tag?.addEventListener('error', (event) => {
  const code: string = event.code;
  console.log(code);
});
// @ts-expect-error a wrong name is an error, so the types are really there
tag?.addEventListener('render', (event) => event.nothing);

export async function draw(): Promise<Picture> {
  const generator = await createGenerator({ model: 'pomona' });
  return generator.generate({ seed: '42', latentDim: 16 });
}
export const defined = customElements.get('gan-canvas') === GanCanvas;
