import type { FineTuneResult } from '../../engine/fine-tune/fine-tune.ts';

const count = (amount: number, unit: string): string => `${amount} ${unit}${amount === 1 ? '' : 's'}`;

/** "1 picture", "12 pictures". */
export function tellPictures(amount: number): string {
  return count(amount, 'picture');
}

/** A duration as people say it: no more exact than it is known. */
export function tellDuration(seconds: number): string {
  if (seconds < 10) return 'a few seconds';
  if (seconds < 55) return `about ${Math.round(seconds / 5) * 5} seconds`;
  const minutes = Math.round(seconds / 60);
  if (minutes <= 1) return 'about a minute';
  if (minutes < 60) return `about ${minutes} minutes`;
  const hours = Math.floor(minutes / 60);
  const rest = Math.round((minutes % 60) / 10) * 10;
  if (rest === 60) return `about ${count(hours + 1, 'hour')}`;
  return rest === 0 ? `about ${count(hours, 'hour')}` : `about ${count(hours, 'hour')} ${rest} minutes`;
}

/** "7.5 pictures a second", "0.04 pictures a second". */
export function tellRate(picturesPerSecond: number): string {
  return `${picturesPerSecond >= 10 ? Math.round(picturesPerSecond) : Number(picturesPerSecond.toPrecision(2))} pictures a second`;
}

/** How a training ended, in a sentence or two. */
export function tellResult({ reason, steps, seconds }: FineTuneResult): string {
  const what = `${count(steps, 'step')} in ${tellDuration(seconds)}.`;
  switch (reason) {
    case 'finished':
      return `Done: ${what}`;
    case 'stopped':
      return `Stopped: ${what} What was learnt so far stays.`;
    case 'collapsed':
      return `Ended early: ${what} The pictures became too much alike, so the best state before that was kept. More pictures, or a gentler training, may help.`; // prettier-ignore
    case 'diverged':
      return `Ended early: ${what} The training became unstable, so the last good state was kept. A gentler training, or a lower learning rate, may help.`; // prettier-ignore
  }
}
