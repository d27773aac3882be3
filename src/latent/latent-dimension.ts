/** A copy of z in which the components `k` and up are 0: the latent of a nested model at latent-dim k, before normalisation. */
export function limitDimensions(z: Float32Array, k: number): Float32Array {
  return z.slice().fill(0, Math.max(0, k));
}
