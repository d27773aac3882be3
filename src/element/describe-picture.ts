import { readStyleMix, type StyleMix } from '../latent/style-mix.ts';

/** What is known of the picture shown. */
export interface PictureFacts {
  /** The model's name. */
  readonly model: string;
  readonly seed: string;
  /** True when the picture is drawn from a latent of the page's own, and no seed tells it. */
  readonly ownLatent: boolean;
  /** The seed whose styles are mixed in, and in which layers, as the picture was asked for; null for none. */
  readonly mix: StyleMix | string | null;
  /** Name of the class; null for a model without classes. */
  readonly className: string | null;
  readonly samples: number;
  /** True while a walk is under way. */
  readonly walking: boolean;
}

function describeMix({ seed, layers }: StyleMix): string {
  return `mixed with seed ${seed} in layers ${typeof layers === 'string' ? layers : layers.join('-')}`;
}

/** The text of a picture whose page gives no `alt`: "Generated picture: pomona, seed 42, apple whole". */
export function describePicture(facts: PictureFacts): string {
  const what =
    facts.samples > 1 ? `${facts.samples} generated pictures` : facts.walking ? 'Generated picture that changes' : 'Generated picture';
  const seed = facts.ownLatent ? null : facts.walking ? `from seed ${facts.seed}` : `seed ${facts.seed}`;
  const className = facts.samples > 1 || facts.walking ? null : facts.className;
  const mix = facts.mix === null ? null : describeMix(readStyleMix(facts.mix));
  return `${what}: ${[facts.model, seed, mix, className].filter((part) => part !== null).join(', ')}`;
}
