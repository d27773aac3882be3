/** The command line is wrong: an option, a value, or a combination. Ends with exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
