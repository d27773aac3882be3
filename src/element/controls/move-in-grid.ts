const STEPS: Readonly<Record<string, readonly [across: number, down: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The cell of a grid that a key leads to from another; null when the key leads nowhere. In right-to-left pages columns begin at the right. */
export function moveInGrid(
  { key, currentTarget }: Pick<KeyboardEvent, 'key' | 'currentTarget'>,
  from: number,
  count: number,
  columns: number,
): number | null {
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  const [across, down] = STEPS[key] ?? [0, 0];
  const isFromRight = currentTarget instanceof Element && getComputedStyle(currentTarget).direction === 'rtl';
  const next = from + (isFromRight ? -across : across) + down * columns;
  return next !== from && next >= 0 && next < count ? next : null;
}
