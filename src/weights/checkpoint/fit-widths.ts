import { createCheckpointError } from './checkpoint-error.ts';

/** How wide a StyleGAN2's layers are: min(floor(base / resolution), max). */
export interface WidthRule {
  readonly channel_base: number;
  readonly channel_max: number;
}

/**
 * The rule behind the widths of a StyleGAN2's layers by resolution. Of the bases that fit, the recorded one if it does, else the smallest.
 * @throws GanCanvasError `weights-format` when no rule gives these widths
 */
export function fitWidths(
  widths: ReadonlyMap<number, number>,
  recorded: { readonly channelBase: number | null; readonly channelMax: number | null },
): WidthRule {
  const follows = ({ channel_base: base, channel_max: most }: WidthRule): boolean =>
    [...widths].every(([resolution, width]) => Math.min(Math.floor(base / resolution), most) === width);
  const { channelBase, channelMax } = recorded;
  if (channelBase !== null && channelMax !== null) {
    const rule = { channel_base: channelBase, channel_max: channelMax };
    if (follows(rule)) return rule;
  }
  const most = Math.max(...widths.values());
  // Every layer needs a base of at least width · resolution; the largest of these is the only one that can fit.
  const base = Math.max(...[...widths].map(([resolution, width]) => resolution * width));
  const rule = { channel_base: base, channel_max: most };
  if (follows(rule)) return rule;
  const found = [...widths].map(([resolution, width]) => `${width} at ${resolution}`).join(', ');
  throw createCheckpointError(
    `its layers have channels that follow no rule min(floor(channel_base / resolution), channel_max): ${found}. Only StyleGAN2 networks with such widths are supported.`,
  );
}
