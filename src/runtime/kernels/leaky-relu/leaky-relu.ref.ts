/** x where it is positive, slope · x elsewhere. */
export function leakyReluRef(x: Float32Array, slope: number): Float32Array {
  return x.map((value) => (value > 0 ? value : slope * value));
}
