import { CannotKnow } from '../../../lambda/domain/cannot-know.ts';
import { EXIT, type ExitCode } from './exit.ts';

/** The command line is wrong. Never quotes a value: it may be a secret in the wrong place. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export { CannotKnow };

interface SdkError extends Error {
  readonly $metadata?: unknown;
  readonly code?: string;
  readonly errors?: readonly SdkError[];
}

const CREDENTIALS = /credential|expiredtoken|unrecognizedclient|invalidclienttoken|invalidsignature|authfailure|sso/i;
const UNREACHABLE = new Set([
  'UND_ERR_SOCKET',
  'ECONNREFUSED',
  'ENOTFOUND',
  'ECONNRESET',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EAI_AGAIN',
]);

/** Any error as an exit code and a text for people that shows no secret. */
export function explain(error: unknown): { readonly exit: ExitCode; readonly text: string } {
  if (error instanceof UsageError) return { exit: EXIT.usage, text: error.message };
  if (error instanceof CannotKnow) return { exit: EXIT.cannotKnow, text: error.message };
  return { exit: EXIT.cannotKnow, text: foreign(error) };
}

function foreign(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'Something failed without saying what.';
  const { name, message, stack, $metadata } = error as SdkError;
  if (message === 'Region is missing') return 'No AWS region: pass --region or set AWS_REGION.';
  const network = codes(error as SdkError).find((word) => UNREACHABLE.has(word));
  if (network) return `Nothing answers (${network}). Is it running, and can this machine reach it?`;
  if (name === 'TimeoutError') return 'No answer in time. Can this machine reach it?';
  if (CREDENTIALS.test(name)) return `No valid AWS credentials (${name}). Log in, or pass --profile.`;
  // What AWS says names resources and actions, not values.
  if ($metadata !== undefined) return `AWS refused: ${name}: ${message}`;
  // Anything else is a fault of ours; its message may quote what was read, its place in the code does not.
  const place = stack?.split('\n').find((line) => /^\s+at /.test(line)) ?? '';
  return `Unexpected ${name}${place.trimEnd().replace(/^\s+/, ' ')}. Please report this.`;
}

/** Codes of an error and of those it was made from: `fetch` and dual-stack connections wrap theirs. */
function codes({ code, errors = [], cause }: SdkError): string[] {
  const inner = typeof cause === 'object' && cause !== null ? [...errors, cause as SdkError] : errors;
  return [...(typeof code === 'string' ? [code] : []), ...inner.flatMap(codes)];
}
