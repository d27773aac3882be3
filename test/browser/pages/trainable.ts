// A page that can be reloaded. It shows an element with the attributes of `?attributes=…` (JSON), and gives its files to the test that opened it:
// those of another page are none to this one's scripts.
import '../../../src/index.ts';
import { chooseFiles, drawFiles } from '../../support/training-panel.ts';
import { createCanvas } from '../show.ts';

const attributes = JSON.parse(new URLSearchParams(location.search).get('attributes') ?? '{}') as Record<string, string>;
const element = createCanvas({ ...attributes, trainable: '' });
document.body.append(element);
Object.assign(globalThis, { chooseDrawnFiles: async (panel: ShadowRoot, count: number) => chooseFiles(panel, await drawFiles(count)) });
