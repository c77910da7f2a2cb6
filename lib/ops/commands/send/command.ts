import { normaliseAddress } from '../../../../lambda/domain/address.ts';
import type { EventType } from '../../../../lambda/domain/event/event.ts';
import { type Act, audited } from '../../audit/audited.ts';
import { defineCommand } from '../../cli/command.ts';
import { UsageError } from '../../cli/errors.ts';
import { EXIT } from '../../cli/exit.ts';
import { jsonLine } from '../../cli/io.ts';
import { resolveTarget } from '../../target/resolve.ts';
import { sourceOf, TARGET_OPTIONS } from '../../target/target.ts';
import { HAND_OPTIONS, handOf } from '../../words/author.ts';
import { optionsOf, providerOf } from '../../words/provider.ts';
import { parseAt, parseCount } from '../../words/time.ts';
import { signOwnBody } from './own-body.ts';
import { type Answered, post } from './post.ts';
import { makeSample, type Sample, sampledTypes, typeOf, type Workshop } from './sample.ts';
import { signingKeyOf } from './signing-key.ts';
import type { Seen } from './wait.ts';

const PARALLEL = 8;
const MOST = 100_000;

export const command = defineCommand({
  args: ['source'],
  about: `
Builds an event as the source's ESP would, signs it, posts it and prints the answer. The recipient is a new address each time unless
--to names one. With --body it signs what you have: a payload out of the ESP's log, or of your own making, in the form the ESP posts.
"send unsubscribe" does what a mail program does with an unsubscribe link of the stack. A deployed source whose private key only the ESP holds cannot be imitated: the command names the ESP's own test.
Exit codes: 0 accepted (with --wait: and seen), 1 refused or not seen within a minute, 2 usage, 3 cannot know (no answer, no key).`,
  options: {
    body: { type: 'string', value: 'FILE', help: 'sign and post this body, exactly as it is' },
    type: { type: 'string', value: 'TYPE', help: 'event type (default: bounced)' },
    all: { type: 'boolean', help: 'one of each type this ESP has' },
    to: { type: 'string', value: 'ADDRESS', help: 'recipient (default: sample-<id>@example.com)' },
    count: { type: 'string', value: 'N', help: 'how many of each (default: 1)' },
    at: { type: 'string', value: 'ISO', help: 'when it happened and was signed (default: now)' },
    url: { type: 'string', value: 'URL', help: "post here and not to the source's own URL" },
    scope: { type: 'string', value: 'SCOPE', help: 'send unsubscribe: what the link is for (default: all)' },
    wait: { type: 'boolean', help: 'until it is recorded and, if it suppresses, on the list; say how long that took' },
    ...HAND_OPTIONS,
    ...TARGET_OPTIONS,
  },
  changes: ['send'],
  example: 'ops send sendgrid --type complained --wait --local',

  async run({ args, options: given, io }) {
    const name = args[0] as string;
    if (given.all && given.type !== undefined) throw new UsageError('send: --all and --type exclude each other.');
    if (given.body !== undefined && (given.all || given.type !== undefined || given.to !== undefined))
      throw new UsageError('send: --body already says what happened and to whom: leave out --all, --type and --to.');
    if (given.url !== undefined && !URL.canParse(given.url)) throw new UsageError('send: --url is not a URL.');
    const asked = typeOf(given.type ?? 'bounced');
    const at = parseAt(given.at);
    const count = parseCount('count', given.count ?? '1', MOST);
    const target = await resolveTarget(given, io);
    if (name === 'unsubscribe' && !target.names.sources.has(name))
      return (await import('./unsubscribe.ts')).sendUnsubscribe(target, given, io);
    const source = sourceOf(target, name);
    const provider = providerOf(source.provider);
    const signingKey = await signingKeyOf(target, name, provider);
    const options = optionsOf(provider, source.options);
    const { dedupeGroup, url: webhookUrl } = source;
    const shop: Workshop = { provider, source: name, options, dedupeGroup, signingKey, webhookUrl };
    const own = given.body === undefined ? undefined : await signOwnBody(shop, given.body, at, io);
    const possible = sampledTypes(shop);
    if (!own && !given.all && !possible.includes(asked)) {
      throw new UsageError(`${provider.title} has no event of type ${asked}. It has: ${possible.join(', ')}.`);
    }

    const types = given.all ? possible : [asked];
    const make = (type: EventType) => own ?? (makeSample(shop, type, at, given.to) as Sample);
    const queue = types.flatMap((type) => Array.from({ length: count }, () => type)).values();
    let failed = 0;
    const worker = async (act: Act): Promise<void> => {
      for (const type of queue) {
        const sample = make(type);
        const since = performance.now();
        const answer = await post(given.url ?? source.url, sample.request);
        const accepted = answer.status >= 200 && answer.status < 300;
        act.count(accepted ? 'accepted' : 'refused');
        const waits = given.wait && accepted && sample.event;
        const seen = waits ? await (await import('./wait.ts')).waitFor(target, waits, since) : undefined;
        if (!accepted || (seen && !wasSeen(seen))) failed++;
        io.print(
          given.json ? jsonLine({ source: name, ...plain(sample, answer), ...seen }) : line(sample, answer, seen),
        );
      }
    };
    const on = given.to === undefined ? [name] : [name, normaliseAddress(given.to) ?? name];
    const intent = { what: 'send', hand: await handOf(given, target), on, how: types.join(', '), say: io.say } as const;
    await audited(target, intent, async (act) => {
      await Promise.all(Array.from({ length: PARALLEL }, () => worker(act)));
    });
    return failed > 0 ? EXIT.no : EXIT.yes;
  },
});

const wasSeen = (seen: Seen): boolean =>
  seen.recordedMs !== undefined && (!seen.suppresses || seen.suppressedMs !== undefined);

function plain({ type, recipient }: Sample, { status, body }: Answered): object {
  try {
    return { type, recipient, status, body: JSON.parse(body) as unknown };
  } catch {
    return { type, recipient, status, body };
  }
}

function line({ type, recipient }: Sample, { status, body }: Answered, seen: Seen | undefined): string {
  const after = (ms: number | undefined, done: string): string =>
    ms === undefined ? `not ${done}` : `${done} after ${ms} ms`;
  const effects = seen && [
    after(seen.recordedMs, 'recorded'),
    ...(seen.suppresses ? [after(seen.suppressedMs, 'suppressed')] : []),
  ];
  return [`${status} ${type} ${recipient}`, body, effects?.join(', ')].filter(Boolean).join('  ');
}
