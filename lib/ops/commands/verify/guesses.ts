import { webhookPath } from '../../../../lambda/contract/paths.ts';
import type { VerifyContext, WebhookRequest } from '../../../../lambda/providers/provider.ts';
import { bodyVariants } from './body-variants.ts';
import { headerVariants, secretVariants, signedTimes, urlVariants } from './variants.ts';

/** A usual mistake that was tried and explains the refusal. */
export interface Finding {
  readonly cause: string;
  readonly change: string;
}

export interface Attempt {
  readonly request: WebhookRequest;
  readonly context: VerifyContext<unknown>;
}

/** The request as it would be without one usual mistake. */
export interface Guess extends Attempt {
  readonly finding: Finding;
}

export function* clockGuesses({ request, context }: Attempt): Generator<Guess> {
  for (const time of signedTimes(request)) {
    const seconds = Math.round((context.now - time) / 1000);
    const cause = `It was signed at ${new Date(time).toISOString()}, ${Math.abs(seconds)} s ${seconds > 0 ? 'before' : 'after'} the time it is judged at.`;
    const change =
      'For an old capture, pass the time it arrived with --at. For a fresh one, a clock is wrong or a proxy held it back.';
    yield { request, context: { ...context, now: time }, finding: { cause, change } };
  }
}

export function* guesses(
  { request, context }: Attempt,
  others: ReadonlyMap<string, readonly string[]>,
): Generator<Guess> {
  for (const { headers, how } of headerVariants(request.headers)) {
    const cause = `The headers carry other names than the ESP sends (${how}).`;
    yield { request: { ...request, headers }, context, finding: { cause, change: 'Hand over the names as received.' } };
  }
  for (const { secrets, how } of secretVariants(context.secrets)) {
    const cause = `The secret differs from the ESP's key: ${how}.`;
    const change = 'Store it exactly as the ESP shows it: ops secrets set <source> --replace.';
    yield { request, context: { ...context, secrets }, finding: { cause, change } };
  }
  for (const [name, secrets] of others) {
    const cause = `It was signed with the key of another source: ${name}.`;
    const change = `The ESP posts to the wrong URL, or the secrets are swapped: this webhook belongs to ...${webhookPath(name)}.`;
    yield { request, context: { ...context, secrets }, finding: { cause, change } };
  }
  for (const { url, how } of urlVariants(context.webhookUrl)) {
    const cause = `The ESP signed another URL: ${how}.`;
    const change = 'Enter the same URL at the ESP and as publicUrl in the settings, to the letter.';
    yield { request, context: { ...context, webhookUrl: url }, finding: { cause, change } };
  }
  for (const { body, how } of bodyVariants(request.body)) {
    const cause = `The body is not byte for byte what the ESP posted: it signed it ${how}.`;
    const change =
      'Capture and pass on the raw bytes, before any parser, editor or proxy rewrites them (curl: --data-binary).';
    yield { request: { ...request, body }, context, finding: { cause, change } };
  }
}
