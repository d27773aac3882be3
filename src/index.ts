/** Registers `<gan-canvas>` and `<gan-direction>`. Safe to import twice, and on a server, where it registers nothing that a page would see. */
import { GanCanvas, GanDirection } from './element.ts';

export * from './element.ts';

if (typeof customElements !== 'undefined' && !customElements.get('gan-canvas')) customElements.define('gan-canvas', GanCanvas);
if (typeof customElements !== 'undefined' && !customElements.get('gan-direction')) customElements.define('gan-direction', GanDirection);
