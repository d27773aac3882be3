/** How large a share of the pictures is augmented, and what steers it (ADA, Karras et al., 2020). */
export interface AdaptiveShare {
  /** 0…{@link AdaptiveShareSettings.most}. */
  readonly share: number;
  /** Running mean of sign(D(real)), −1…1: near 0 the discriminator cannot tell, near 1 it knows the pictures by heart. */
  readonly overfitting: number;
}

export interface AdaptiveShareSettings {
  /** Where `overfitting` is to be held; 0.6 in the paper. 0 keeps the share as it is. */
  readonly target: number;
  /** Images in which the share may go from 0 to 1. */
  readonly images: number;
  readonly most: number;
}

/** What one more batch weighs in the running mean. */
const MEASURE_RATE = 0.05;

/** After a batch of that many real pictures on which the discriminator's signs had that mean. */
export function observeSigns(
  { share, overfitting }: AdaptiveShare,
  meanSign: number,
  batch: number,
  { target, images, most }: AdaptiveShareSettings,
): AdaptiveShare {
  const measured = overfitting + (meanSign - overfitting) * MEASURE_RATE;
  if (target <= 0) return { share, overfitting: measured };
  const step = (measured > target ? 1 : -1) * (batch / images);
  return { share: Math.min(Math.max(share + step, 0), most), overfitting: measured };
}
