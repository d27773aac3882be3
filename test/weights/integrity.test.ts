import { assert } from 'chai';
import { assertIntegrity, hashIntegrity, integrityKey, isIntegrity } from '../../src/weights/integrity.ts';
import { assertRejectsCode } from '../support/assert-error.ts';

/** printf abc | openssl dgst -sha256 -binary | base64 (likewise 384, 512) */
const ABC = new TextEncoder().encode('abc');
const SHA256 = 'sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=';
const SHA384 = 'sha384-ywB1P0WjXou1oD1pmsZQBycsMqsO3tFjGotgWkP/W+2AhgcroefMI1i67KE0yCWn';
const SHA512 = 'sha512-3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/uu9RU1EI2Q86A4qmslPpUyknw==';
const WRONG256 = `sha256-${'A'.repeat(43)}=`;
const WRONG512 = `sha512-${'A'.repeat(86)}==`;

describe('weights/integrity', () => {
  for (const integrity of [
    SHA256,
    SHA384,
    SHA512,
    SHA256.replace('=', ''),
    `  ${SHA256}\n`,
    `${SHA256}?option`,
    SHA256.replaceAll('/', '_').replaceAll('+', '-').replace('sha256_', 'sha256-'),
  ]) {
    it(`accepts ${JSON.stringify(integrity.slice(0, 24))}… of ${integrity.length} characters`, async () => {
      await assertIntegrity(ABC, integrity, 'it');
    });
  }

  it('accepts any of several hashes of the strongest kind', async () => {
    await assertIntegrity(ABC, `${WRONG256} ${SHA256}`, 'it');
    await assertIntegrity(ABC, `${WRONG256} ${SHA512}`, 'it');
    await assertIntegrity(ABC, `md5-xyz ${SHA384}`, 'it');
  });

  it('lets only the strongest kind count', async () => {
    await assertRejectsCode(assertIntegrity(ABC, `${SHA256} ${WRONG512}`, 'it'), 'weights-integrity', 'sha512');
  });

  it('refuses other bytes and says both hashes', async () => {
    await assertRejectsCode(assertIntegrity(ABC, WRONG256, 'The file'), 'weights-integrity', 'The file', SHA256, 'AAAA');
    await assertRejectsCode(assertIntegrity(ABC.slice(1), SHA256, 'it'), 'weights-integrity');
  });

  for (const integrity of [
    '',
    'abc',
    'md5-abc',
    'sha256-',
    'sha256-abc',
    SHA512.replace('sha512', 'sha256'),
    SHA256.replace('sha256', 'SHA256'),
  ]) {
    it(`refuses ${JSON.stringify(integrity.slice(0, 20))} as no hash`, async () => {
      assert.isFalse(isIntegrity(integrity));
      await assertRejectsCode(assertIntegrity(ABC, integrity, 'it'), 'weights-integrity', 'holds no hash');
    });
  }

  it('says why it cannot check in an insecure context', async () => {
    Object.defineProperty(crypto, 'subtle', { value: undefined, configurable: true });
    try {
      await assertRejectsCode(assertIntegrity(ABC, SHA256, 'it'), 'weights-integrity', 'crypto.subtle', 'https');
    } finally {
      delete (crypto as { subtle?: unknown }).subtle;
    }
    await assertIntegrity(ABC, SHA256, 'it');
  });

  it('hashes as SRI does', async () => {
    assert.equal(await hashIntegrity(ABC), SHA256);
  });

  it('gives equal hashes equal keys, however they are written', () => {
    assert.equal(integrityKey(SHA256), integrityKey(` ${SHA256.replace('=', '')}?x `));
    assert.equal(integrityKey(`${SHA256} ${WRONG256}`), integrityKey(`${WRONG256} ${SHA256}`));
    assert.equal(integrityKey(`${SHA256} ${SHA512}`), integrityKey(SHA512));
    assert.notEqual(integrityKey(SHA256), integrityKey(WRONG256));
  });
});
