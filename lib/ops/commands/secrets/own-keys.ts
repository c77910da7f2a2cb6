import { randomBytes } from 'node:crypto';
import { HEARTBEAT_SOURCE } from '../../../../lambda/contract/config.ts';
import { ERASURE_KEY } from '../../../../lambda/domain/erasure.ts';
import type { Values } from '../../cli/command.ts';
import { UsageError } from '../../cli/errors.ts';
import { EXIT, type ExitCode } from '../../cli/exit.ts';
import { type Io, jsonLine } from '../../cli/io.ts';
import { liveValues } from '../../stack/secret-map.ts';
import type { Target } from '../../target/target.ts';
import { type HAND_OPTIONS, handOf } from '../../words/author.ts';
import { changeByHand } from './by-hand.ts';

/** Keys that the stack makes for itself, in a secret of their own. */
const OWN_KEYS = [HEARTBEAT_SOURCE, ERASURE_KEY];
export const isOwnKey = (name: string): boolean => OWN_KEYS.includes(name);

/** The heartbeat's key is made anew, or left to `pulse` to make; nobody types one. */
export async function ownKeyCommand(
  action: string,
  target: Target,
  name: string,
  given: Values<typeof HAND_OPTIONS> & { readonly json?: boolean | undefined },
  io: Io,
): Promise<ExitCode> {
  if (name === ERASURE_KEY) {
    throw new UsageError(
      `${name} never changes: with another one, whoever was erased could come back with the next event. Nothing was changed.`,
    );
  }
  if (action === 'set') throw new UsageError(`${name} is made here, never typed: secrets rotate ${name}.`);
  let values = 0;
  const what = action === 'rotate' ? 'secrets rotate' : 'secrets remove';
  const intent = { what, hand: await handOf(given, target), on: [name], say: io.say } as const;
  await changeByHand(
    target,
    intent,
    (map) => {
      // The one before stays live until the next rotation: a pulse that holds it still proves itself.
      const [newest] = liveValues(map, name);
      const live = action === 'rotate' ? [randomBytes(32).toString('hex'), ...(newest ? [newest] : [])] : [];
      values = live.length;
      const changed = new Map(map);
      if (live.length === 0) changed.delete(name);
      else changed.set(name, live.length === 1 ? live[0] : live);
      return changed;
    },
    'ownKeysArn',
  );
  io.print(
    given.json ? jsonLine({ source: name, values }) : `${name}: ${values === 0 ? 'removed' : `live keys: ${values}`}`,
  );
  io.say(
    values === 0
      ? 'Pulse makes a new one at its next run, within 5 minutes.'
      : 'Both are live, receivers know it within 5 minutes; pulse signs with it once it starts anew.',
  );
  return EXIT.yes;
}
