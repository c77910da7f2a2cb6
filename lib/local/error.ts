/** Something the person at the keyboard can mend: shown as one line, without a stack trace. */
export class LocalError extends Error {
  override readonly name = 'LocalError';
}
