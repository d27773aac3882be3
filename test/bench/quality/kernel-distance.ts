import { forEachOwnProduct, forEachProduct, type FeatureMatrix } from './feature-matrix.ts';

/** The mean of k(a, b) over all pairs of different rows. */
function meanOwnKernel(x: FeatureMatrix): number {
  let sum = 0;
  forEachOwnProduct(x, (_i, _j, product) => {
    const base = product / x.width + 1;
    sum += base * base * base;
  });
  return (2 * sum) / (x.count * (x.count - 1));
}

/**
 * Kernel distance (KID; Bińkowski et al., "Demystifying MMD GANs", 2018): the unbiased squared maximum mean discrepancy for the kernel
 * k(a, b) = (a·b / width + 1)³, over the whole of both sets. Both need at least 2 rows. It may come out a little below 0.
 */
export function kernelDistance(x: FeatureMatrix, y: FeatureMatrix): number {
  let between = 0;
  forEachProduct(x, y, (_i, _j, product) => {
    const base = product / x.width + 1;
    between += base * base * base;
  });
  return meanOwnKernel(x) + meanOwnKernel(y) - (2 * between) / (x.count * y.count);
}
