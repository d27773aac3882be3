/** Registers `<gan-canvas>`. Safe to import twice, and on a server, where it registers nothing that a page would see. */
import { GanCanvas } from './element.ts';

export * from './element.ts';

if (typeof customElements !== 'undefined' && !customElements.get('gan-canvas')) customElements.define('gan-canvas', GanCanvas);
