import 'gan-canvas';
import type { GanCanvasRenderEvent } from 'gan-canvas';
import { html, LitElement, type PropertyDeclarations, type TemplateResult } from 'lit';

class SeedPicker extends LitElement {
  static override properties: PropertyDeclarations = { seed: { state: true }, told: { state: true } };
  declare seed: number;
  declare told: string;

  constructor() {
    super();
    this.seed = 42;
    this.told = '';
  }

  protected override render(): TemplateResult {
    return html`
      <gan-canvas model="pomona" seed=${this.seed} @render=${this.handleRender}></gan-canvas>
      <p><button @click=${() => (this.seed += 1)}>Another</button> <output>${this.told}</output></p>
    `;
  }

  handleRender({ seed, backend }: GanCanvasRenderEvent): void {
    this.told = `seed ${seed} on ${backend}`;
  }
}
customElements.define('seed-picker', SeedPicker);
