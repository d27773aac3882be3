/** True where hashes can be checked: secure contexts (https, localhost) and Node. */
export function canVerifyIntegrity(): boolean {
  return typeof crypto !== 'undefined' && (crypto as Partial<Crypto>).subtle !== undefined;
}
