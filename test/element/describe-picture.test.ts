import { assert } from 'chai';
import { describePicture } from '../../src/element/describe-picture.ts';

describe('element/describe-picture', () => {
  const facts = { model: 'pomona', seed: '42', ownLatent: false, mix: null, className: null, samples: 1, walking: false };

  it('names the model, the seed and the class', () => {
    assert.equal(describePicture(facts), 'Generated picture: pomona, seed 42');
    assert.equal(describePicture({ ...facts, className: 'pear' }), 'Generated picture: pomona, seed 42, pear');
  });

  it('names no seed for a latent of the page’s own', () => {
    assert.equal(describePicture({ ...facts, ownLatent: true }), 'Generated picture: pomona');
  });

  it('names what is mixed in', () => {
    const text = 'Generated picture: pomona, seed 42, mixed with seed a@b in layers 4-7, pear';
    assert.equal(describePicture({ ...facts, mix: 'a@b@4-7', className: 'pear' }), text);
    assert.equal(describePicture({ ...facts, mix: { seed: 'a@b', layers: [4, 7] }, className: 'pear' }), text);
  });

  it('counts the pictures of a grid', () => {
    assert.equal(describePicture({ ...facts, samples: 9, className: 'pear' }), '9 generated pictures: pomona, seed 42');
  });

  it('stays the same along a walk', () => {
    assert.equal(describePicture({ ...facts, walking: true, className: 'pear' }), 'Generated picture that changes: pomona, from seed 42');
  });
});
