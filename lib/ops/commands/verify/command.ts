import { RefusedRequest } from '../../../../lambda/domain/errors.ts';
import type { Provider } from '../../../../lambda/providers/provider.ts';
import { defineCommand } from '../../cli/command.ts';
import { EXIT, type ExitCode } from '../../cli/exit.ts';
import { jsonLine } from '../../cli/io.ts';
import { providerOf } from '../../words/provider.ts';
import { attempt, diagnose, type Outcome } from './diagnose.ts';
import type { Attempt, Finding } from './guesses.ts';
import { readCapture, VERIFY_OPTIONS } from './input.ts';

export const command = defineCommand({
  args: ['provider'],
  about: `
Checks a captured request as the receiver would: headers and body from files, the secret from standard input (--secret -, typed
without echo at a keyboard) or from a source of a stack (--local or --stage). Says which check failed and what to change, after
trying the usual mistakes: another source's key, a body formatted again, renamed headers, a clock. Never shows a secret.
Exit codes: 0 genuine, 1 refused, 2 usage, 3 cannot know (no usable secret, no certificate, no stack).`,
  options: VERIFY_OPTIONS,
  changes: [],
  example: 'ops verify sendgrid --headers headers.txt --body body.bin --secret - < key.txt',

  async run({ args, options: given, io }) {
    const provider = providerOf(args[0] as string);
    const capture = await readCapture(provider, given, io);
    const outcome = await examine(provider, capture);
    const findings = 'refused' in outcome ? await diagnose(provider, capture, outcome.refused, capture.others) : [];
    if (given.json) io.print(jsonLine(asJson(provider, outcome, findings)));
    else for (const line of asText(provider, capture, outcome, findings)) io.print(line);
    return exitOf(outcome);
  },
});

type Examined =
  | (Extract<Outcome, { proof: unknown }> & { readonly events: number })
  | Extract<Outcome, { refused: unknown }>;

/** Both checks of the receiver: the proof, then whether the body can be cut into events. */
async function examine(provider: Provider<unknown>, capture: Attempt): Promise<Examined> {
  const outcome = await attempt(provider, capture);
  if ('refused' in outcome) return outcome;
  if (outcome.proof.answer) return { ...outcome, events: 0 };
  try {
    return { ...outcome, events: provider.split(capture.request, capture.context.options).events.length };
  } catch (error) {
    if (error instanceof RefusedRequest) return { refused: error };
    throw error;
  }
}

const exitOf = (outcome: Examined): ExitCode =>
  'proof' in outcome ? EXIT.yes : outcome.refused.status === 503 ? EXIT.cannotKnow : EXIT.no;

function asJson(provider: Provider<unknown>, outcome: Examined, findings: readonly Finding[]): object {
  if ('refused' in outcome) {
    const { reason, message } = outcome.refused;
    return { genuine: false, provider: provider.id, reason, message, findings };
  }
  const { proof, events } = outcome;
  return { genuine: true, provider: provider.id, secretIndex: proof.secretIndex, events };
}

function asText(
  provider: Provider<unknown>,
  capture: Attempt,
  outcome: Examined,
  findings: readonly Finding[],
): string[] {
  if ('proof' in outcome) {
    const { secretIndex } = outcome.proof;
    const which =
      secretIndex === undefined ? '' : ` Secret ${secretIndex + 1} of ${capture.context.secrets.length} matches.`;
    return [
      `Genuine.${which} ${outcome.events === 0 ? 'It carries no event, only a message to the endpoint.' : `Events: ${outcome.events}.`}`,
    ];
  }
  const { reason, message } = outcome.refused;
  const head = `${outcome.refused.status === 503 ? 'Cannot be checked' : 'Refused'}: ${reason}. ${message}`;
  if (findings.length > 0)
    return [head, ...findings.flatMap(({ cause, change }) => [`Cause:  ${cause}`, `Change: ${change}`])];
  const general = new Map([
    [
      'bad-proof',
      `Tried: other keys of the stack, a body formatted again, other headers and URLs. None fits. Left to check: is the secret this webhook's own (${provider.secret.form}), and is the body complete?`,
    ],
    ['missing-proof', `Headers in the capture: ${Object.keys(capture.request.headers).join(', ')}.`],
    ['secret-unreadable', `The form expected: ${provider.secret.form}.`],
    ['topic-not-allowed', 'Settings of the source can be passed with --options.'],
  ]).get(reason);
  return general === undefined ? [head] : [head, general];
}
