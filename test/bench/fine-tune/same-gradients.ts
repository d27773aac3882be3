/**
 * How far two peers' gradients may be apart, as the length of the difference over the length of the gradient. The generator's goes through both
 * networks, where rounding moves a few values across the kink of a leaky ReLU: 29 of 84 million moved it by 2.8e-2 in one comparison, and with
 * these slopes made equal 2.8e-5 was left.
 */
const MOST = { discriminator: 1e-3, generator: 5e-2, penalty: 1e-3 } as const;

function mostOf(name: string): number {
  const [part = ''] = name.split(' ');
  return Object.hasOwn(MOST, part) ? MOST[part as keyof typeof MOST] : 0;
}

function decode(base64: string): Float32Array {
  const bytes = Uint8Array.from(Buffer.from(base64, 'base64'));
  return new Float32Array(bytes.buffer);
}

function relativeDistance(a: Float32Array, b: Float32Array): number {
  let [difference, length] = [0, 0];
  for (const [index, value] of b.entries()) {
    difference += ((a[index] ?? NaN) - value) ** 2;
    length += value ** 2;
  }
  return length === 0 && difference === 0 ? 0 : Math.sqrt(difference / length);
}

type Named = Readonly<Record<string, string>>;

/** Gradients by what they are compared as: a parameter each, but all single numbers of a part together, for some of them are sums that cancel out. */
function groupGradients(gradients: Named): Map<string, Float32Array> {
  const groups = new Map<string, Float32Array>();
  for (const [name, base64] of Object.entries(gradients).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const values = decode(base64);
    const key = values.length > 1 ? name : `${name.split(' ')[0] ?? ''} numbers`;
    groups.set(key, values.length > 1 ? values : Float32Array.of(...(groups.get(key) ?? []), ...values));
  }
  return groups;
}

/** Throws when gradients by their names (base64 of float32) differ; gives the largest relative difference. */
export function assertSameGradients(ours: Named, theirs: Named): number {
  const [mine, others] = [groupGradients(ours), groupGradients(theirs)];
  if (others.size === 0 || Object.keys(ours).sort().join() !== Object.keys(theirs).sort().join()) {
    throw new Error('The peers have gradients of other parameters.');
  }
  const distances = [...others].map(([name, values]) => [name, relativeDistance(mine.get(name) ?? new Float32Array(), values)] as const);
  const other = distances.find(([name, distance]) => !(distance <= mostOf(name)));
  if (other) throw new Error(`The peer's gradient of "${other[0]}" is another one: ${other[1].toExponential(1)} of its length.`);
  return Math.max(...distances.map(([, distance]) => distance));
}
