import { randomBytes } from 'node:crypto';
import { UNSUBSCRIBE_SOURCE as NAME } from '../../../../lambda/contract/unsubscribe.ts';
import { formatKey, parseKey } from '../../../../lambda/domain/unsubscribe/key.ts';
import type { Intent } from '../../audit/act.ts';
import { UsageError } from '../../cli/errors.ts';
import { EXIT, type ExitCode } from '../../cli/exit.ts';
import { type Io, jsonLine } from '../../cli/io.ts';
import { liveValues, readSecretMap } from '../../stack/secret-map.ts';
import { requirePage } from '../../stack/unsubscribe.ts';
import type { Target } from '../../target/target.ts';
import { handOf } from '../../words/author.ts';
import { parseCount } from '../../words/time.ts';
import { changeByHand } from './by-hand.ts';

interface Given {
  readonly generate?: boolean | undefined;
  readonly replace?: boolean | undefined;
  readonly position?: string | undefined;
  readonly yes?: boolean | undefined;
  readonly json?: boolean | undefined;
  readonly note?: string | undefined;
  readonly actor?: string | undefined;
}

const WHICH = 'unsubscribeKeysArn';

/** Keys of unsubscribe links: made here, added before the others, and dropped only by those who insist. */
export async function keysCommand(action: string, target: Target, given: Given, io: Io): Promise<ExitCode> {
  requirePage(target);
  if (given.replace)
    throw new UsageError(
      `secrets set ${NAME}: keys are added, never replaced: mail of years ago has links of the old one.`,
    );
  if (action === 'remove') return remove(target, given, io);
  const value = action === 'set' ? await io.readSecret(`New key (quell_unsub_...): `) : formatKey(randomBytes(32));
  if (!parseKey(value))
    throw new UsageError('That is no unsubscribe key: nothing was stored. "secrets rotate" makes one.');
  let values: readonly string[] = [];
  const hand = await handOf(given, target);
  const what = action === 'set' ? 'secrets set' : 'secrets rotate';
  await change(target, { what, hand, on: [NAME], say: io.say }, (before) => {
    values = [value.trim(), ...before.filter((old) => old !== value.trim())];
    return values;
  });
  const shown = given.generate && action === 'rotate' ? { generated: value } : {};
  if (given.json) io.print(jsonLine({ source: NAME, values: values.length, ...shown }));
  else io.print(shown.generated ?? `${NAME}: stored, live keys: ${values.length}`);
  io.say(
    'It is accepted within 30 seconds. Give it to your mailer a minute from now; the older keys stay valid, for links in older mail.',
  );
  return EXIT.yes;
}

export async function keyRow(target: Target): Promise<{ source: string; values: number } | undefined> {
  if (target.names.unsubscribeKeysArn === undefined) return undefined;
  return { source: NAME, values: liveValues(await readSecretMap(target, WHICH), NAME).length };
}

async function remove(target: Target, { position: given, yes, json, ...by }: Given, io: Io): Promise<ExitCode> {
  if (given === undefined) throw new UsageError('secrets remove: --position is missing (1 is the newest).');
  const position = parseCount('position', given, 1_000);
  const live = liveValues(await readSecretMap(target, WHICH), NAME);
  if (position > live.length) throw new UsageError(`${NAME} has ${live.length} live keys: nothing was removed.`);
  io.say(
    'Every link made with this key is dead from then on, in all mail ever sent with it: whoever clicks one stays subscribed.',
  );
  if (!yes)
    throw new UsageError('secrets remove: nothing was removed. --yes does it all the same, for a key that leaked.');
  const doomed = live[position - 1];
  let left = 0;
  const how = `position ${position} of ${live.length}`;
  const intent = { what: 'secrets remove', hand: await handOf(by, target), on: [NAME], how, say: io.say } as const;
  await change(target, intent, (before) => {
    const rest = before.filter((value) => value !== doomed);
    left = rest.length;
    return rest;
  });
  io.print(json ? jsonLine({ source: NAME, values: left }) : `${NAME}: removed, live keys: ${left}`);
  io.say('It may still be accepted for 5 minutes.');
  return EXIT.yes;
}

const change = (
  target: Target,
  intent: Intent,
  changed: (before: readonly string[]) => readonly string[],
): Promise<void> =>
  changeByHand(
    target,
    intent,
    (map) => {
      const after = changed(liveValues(map, NAME));
      const next = new Map(map);
      if (after.length === 0) next.delete(NAME);
      else next.set(NAME, after.length === 1 ? after[0] : after);
      return next;
    },
    WHICH,
  );
