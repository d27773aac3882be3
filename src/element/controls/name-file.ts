import type { ControlDesk } from './control-group.ts';

/** Name of a file of the picture: the model, the seed, an ending. */
export function nameFile({ info, settings }: Pick<ControlDesk, 'info' | 'settings'>, ending: string): string {
  return `${`${info.name}-${settings.seed}`.replace(/[^\w.-]+/g, '-')}.${ending}`;
}
