import { assert } from 'chai';
import { interpolateKeyframes, type AnimationCourse, type Keyframe } from '../../../src/element/animation/keyframes.ts';
import { sampleLatent } from '../../../src/latent/seeded-random.ts';
import { slerp } from '../../../src/latent/slerp.ts';

const Z = 6;
const COURSE: AnimationCourse = { durationMs: 1000, loop: false, easing: 'linear' };

function frame(seed: string, changes: Partial<Keyframe> = {}): Keyframe {
  return { seed, latent: null, directions: {}, truncation: 1, holdMs: 0, ...changes };
}

describe('element/animation/keyframes', () => {
  /** From, to and how far, at so many moments. */
  const places = (keyframes: readonly Keyframe[], course: AnimationCourse, times: readonly number[]) =>
    times.map((time) => {
      const { from, to, t } = interpolateKeyframes(keyframes, course, time, Z);
      return [from, to, Math.round(t * 1000) / 1000];
    });
  const abc = [frame('a'), frame('b'), frame('c')];

  it('comes by each keyframe in equal times, and ends at the last', () => {
    assert.deepEqual(places(abc, COURSE, [0, 0.25, 0.5, 0.75, 1]), [
      ['a', 'b', 0],
      ['a', 'b', 0.5],
      ['b', 'c', 0],
      ['b', 'c', 0.5],
      ['c', 'c', 0],
    ]);
  });

  it('leads back to the first in a loop', () => {
    assert.deepEqual(places(abc, { ...COURSE, loop: true }, [0, 0.5, 0.75, 0.99999, 1]), [
      ['a', 'b', 0],
      ['b', 'c', 0.5],
      ['c', 'a', 0.25],
      ['c', 'a', 1],
      ['c', 'a', 1],
    ]);
  });

  it('stays at a keyframe as long as it is told, and shares out the rest', () => {
    const keyframes = [frame('a', { holdMs: 200 }), frame('b', { holdMs: 400 }), frame('c')];
    assert.deepEqual(places(keyframes, COURSE, [0, 0.2, 0.3, 0.5, 0.8, 0.9, 1]), [
      ['a', 'a', 0],
      ['a', 'b', 0],
      ['a', 'b', 0.5],
      ['b', 'b', 0],
      ['b', 'c', 0],
      ['b', 'c', 0.5],
      ['c', 'c', 0],
    ]);
  });

  it('lingers at keyframes when it is smooth', () => {
    assert.deepEqual(places(abc, { ...COURSE, easing: 'smooth' }, [0.125, 0.25, 0.375]), [
      ['a', 'b', 0.156],
      ['a', 'b', 0.5],
      ['a', 'b', 0.844],
    ]);
  });

  it('takes straight lines for truncation and sizes, from 0 where a direction is only on one side', () => {
    const vector = Float32Array.of(1, 0, 0, 0, 0, 0);
    const keyframes = [
      frame('a', { truncation: 0.5, directions: { red: 2, mine: { size: 4, vector, layers: '1-2' } } }),
      frame('b', { truncation: 1.5, directions: { red: -2, round: 1 } }),
    ];
    const { directions, truncation } = interpolateKeyframes(keyframes, COURSE, 0.25, Z);
    assert.equal(truncation, 0.75);
    assert.deepEqual(directions, { red: { size: 1 }, mine: { size: 3, vector, layers: '1-2' }, round: { size: 0.25 } });
  });

  it('gives z itself only where a keyframe does: the great circle between the two', () => {
    const own = Float32Array.of(0, 3, 0, 0, 0, 0);
    assert.isNull(interpolateKeyframes(abc, COURSE, 0.1, Z).latent);
    const { latent } = interpolateKeyframes([frame('a'), frame('b', { latent: own })], COURSE, 0.25, Z);
    assert.deepEqual(latent, slerp(sampleLatent('a', Z), own, 0.25));
    assert.deepEqual(interpolateKeyframes([frame('a'), frame('b', { latent: own })], COURSE, 1, Z).latent, own);
  });
});
