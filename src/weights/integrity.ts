import { canVerifyIntegrity } from './can-verify-integrity.ts';
import { GanCanvasError } from '../support/errors.ts';

/** Weakest first. */
const ALGORITHMS = ['sha256', 'sha384', 'sha512'] as const;
type Algorithm = (typeof ALGORITHMS)[number];

const SUBTLE_NAMES: Readonly<Record<Algorithm, string>> = { sha256: 'SHA-256', sha384: 'SHA-384', sha512: 'SHA-512' };
const DIGITS: Readonly<Record<Algorithm, number>> = { sha256: 43, sha384: 64, sha512: 86 };
const HASH = /^(sha256|sha384|sha512)-([A-Za-z0-9+/_-]+)={0,2}(?:\?.*)?$/;

interface ExpectedHash {
  readonly algorithm: Algorithm;
  /** Base64 with + and /, without padding. */
  readonly digest: string;
}

/** The hashes of the strongest algorithm that an `integrity` attribute names; any of them will do. */
function strongestHashes(integrity: string): readonly ExpectedHash[] {
  const hashes = integrity.split(/\s+/).flatMap((word): ExpectedHash[] => {
    const [, name, text = ''] = HASH.exec(word) ?? [];
    const algorithm = ALGORITHMS.find((candidate) => candidate === name);
    const digest = text.replaceAll('-', '+').replaceAll('_', '/');
    return algorithm !== undefined && digest.length === DIGITS[algorithm] ? [{ algorithm, digest }] : [];
  });
  const strongest = ALGORITHMS.findLast((algorithm) => hashes.some((hash) => hash.algorithm === algorithm));
  return hashes.filter(({ algorithm }) => algorithm === strongest);
}

/** True when the text holds at least one hash that can be checked. */
export function isIntegrity(integrity: string): boolean {
  return strongestHashes(integrity).length > 0;
}

async function digest(bytes: Uint8Array, algorithm: Algorithm): Promise<string> {
  const result = await crypto.subtle.digest(SUBTLE_NAMES[algorithm], bytes as Uint8Array<ArrayBuffer>);
  return btoa(String.fromCharCode(...new Uint8Array(result)));
}

/** The SHA-256 of bytes in the form of SRI, `sha256-…`. Needs {@link canVerifyIntegrity}. */
export async function hashIntegrity(bytes: Uint8Array): Promise<string> {
  return `sha256-${await digest(bytes, 'sha256')}`;
}

/** A name for the bytes that an `integrity` names, equal for equal hashes however they are written. */
export function integrityKey(integrity: string): string {
  return strongestHashes(integrity)
    .map(({ algorithm, digest: text }) => `${algorithm}-${text}`)
    .sort()
    .join(' ');
}

/**
 * Checks bytes against an `integrity` as Subresource Integrity does: several hashes may be given, the strongest algorithm
 * counts, and one match is enough. Unlike there, an integrity without any usable hash is an error.
 * @throws GanCanvasError `weights-integrity`
 */
export async function assertIntegrity(bytes: Uint8Array, integrity: string, what: string): Promise<void> {
  const hashes = strongestHashes(integrity);
  const [first] = hashes;
  if (first === undefined) {
    throw new GanCanvasError(
      'weights-integrity',
      `The integrity "${integrity.slice(0, 120)}" holds no hash; expected for example sha256-… in base64.`,
    );
  }
  if (!canVerifyIntegrity()) {
    throw new GanCanvasError(
      'weights-integrity',
      `The integrity of ${what} cannot be checked: crypto.subtle exists only in secure contexts. Serve the page over https or from localhost, or leave integrity out.`,
    );
  }
  const actual = await digest(bytes, first.algorithm);
  if (hashes.some((hash) => hash.digest === actual.replace(/=+$/, ''))) return;
  throw new GanCanvasError(
    'weights-integrity',
    `${what} does not match its integrity: its hash is ${first.algorithm}-${actual}, expected ${hashes.map((hash) => `${hash.algorithm}-${hash.digest}`).join(' or ')}. The file has changed, or the integrity is that of another file.`,
  );
}
