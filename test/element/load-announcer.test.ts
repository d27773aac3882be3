import { assert } from 'chai';
import { LoadAnnouncer } from '../../src/element/load-announcer.ts';

describe('element/load-announcer', () => {
  it('announces a load that kept people waiting, and no quick one', () => {
    const announcer = new LoadAnnouncer();
    assert.isFalse(announcer.claim(0, 999));
    assert.isTrue(announcer.claim(0, 1000));
  });

  it('leaves a pause between announcements', () => {
    const announcer = new LoadAnnouncer();
    assert.isTrue(announcer.claim(0, 2000));
    assert.isFalse(announcer.claim(0, 6999));
    assert.isTrue(announcer.claim(0, 7000));
  });
});
