import { waitFor } from 'storybook/test';

/** How long weights and small pictures may take on a machine with much to do. */
const PATIENCE = { timeout: 30_000 } as const;

/** All shadow trees below an element, the outermost first. */
function openTrees(root: ParentNode): ParentNode[] {
  return [root, ...[...root.querySelectorAll('*')].flatMap(({ shadowRoot }) => (shadowRoot ? openTrees(shadowRoot) : []))];
}

/** Waits for what is below an element, in its shadow trees too. */
function find<T extends HTMLElement>(root: ParentNode, selector: string): Promise<T> {
  return waitFor(() => {
    const [found] = openTrees(root).flatMap((tree) => [...tree.querySelectorAll<T>(selector)]);
    if (!found) throw new Error(`There is no ${selector}.`);
    return found;
  }, PATIENCE);
}

/** Waits until so many of the panel's small pictures are drawn, and all that there are. */
export function waitForSmallPictures(root: ParentNode, least: number): Promise<void> {
  return waitFor(() => {
    const small = openTrees(root).flatMap((tree) => [...tree.querySelectorAll('canvas.small')]);
    const drawn = small.filter((each) => !each.classList.contains('empty')).length;
    if (drawn < least || drawn < small.length) throw new Error(`${drawn} of ${small.length} small pictures are drawn.`);
  }, PATIENCE);
}

/** Unfolds the panel of `controls`, opens one of its groups, as a visitor does, and waits for the pictures in it. */
export async function openControls(root: ParentNode, group: string, pictures = 0): Promise<void> {
  (await find(root, '#more[aria-expanded="false"]')).click();
  const summary = await find(root, `#group-${group}`);
  if (!summary.closest('details')?.open) summary.click();
  await find(root, `details[open] > #group-${group}`);
  await waitForSmallPictures(root, pictures);
}

/** Presses a button of the panel. */
export async function pressControl(root: ParentNode, id: string): Promise<void> {
  (await find(root, `#${id}`)).click();
}
