import { proofOf } from '../../../../lambda/providers/proof.ts';
import type { Origin, Provider } from '../../../../lambda/providers/provider.ts';
import { renewed } from '../../../../lambda/providers/shared/proof/password.ts';
import { UsageError } from '../../cli/errors.ts';
import { EXIT, type ExitCode } from '../../cli/exit.ts';
import { type Io, jsonLine } from '../../cli/io.ts';
import { liveValues, readSecretMap } from '../../stack/secret-map.ts';
import { sourceOf, type Target } from '../../target/target.ts';
import { handOf } from '../../words/author.ts';
import { optionsOf, providerOf } from '../../words/provider.ts';
import { parseCount } from '../../words/time.ts';
import { watchOf } from '../doctor/watch-of.ts';
import { changeByHand } from './by-hand.ts';
import { checkSecretForm } from './form.ts';

interface Given {
  readonly generate?: boolean | undefined;
  readonly position?: string | undefined;
  readonly yes?: boolean | undefined;
  readonly json?: boolean | undefined;
  readonly note?: string | undefined;
  readonly actor?: string | undefined;
}

/** Makes a new value live beside the old ones. */
export async function rotate(target: Target, name: string, given: Given, io: Io): Promise<ExitCode> {
  const source = sourceOf(target, name);
  const provider = providerOf(source.provider);
  if (provider.keys === 'none') throw new UsageError(`${name}: ${provider.title} needs no secret.`);
  const options = optionsOf(provider, source.options);
  const origin = proofOf(provider, options);
  if (given.generate && origin.keys !== 'chosen') {
    throw new UsageError(
      `${name}: ${provider.title} makes the secret itself (${provider.secret.form}): type or pipe it.`,
    );
  }
  const value = given.generate
    ? generated(provider, origin, liveValues(await readSecretMap(target), name)[0])
    : await io.readSecret(`New secret of ${name} (${provider.secret.form}): `);
  await checkSecretForm(provider, value, options, given.yes);
  let values: readonly string[] = [];
  const made = given.generate ? 'made here' : 'given';
  const intent = {
    what: 'secrets rotate',
    hand: await handOf(given, target),
    on: [name],
    how: made,
    say: io.say,
  } as const;
  await changeByHand(target, intent, (map) => {
    values = [value, ...liveValues(map, name).filter((old) => old !== value)];
    return new Map(map).set(name, values.length === 1 ? value : values);
  });
  if (given.json)
    io.print(jsonLine({ source: name, values: values.length, ...(given.generate && { generated: value }) }));
  else if (given.generate) io.print(value);
  else io.print(`${name}: stored, live values: ${values.length}`);
  io.say(
    'It is accepted within 5 minutes, and within 30 seconds of the first request signed with it. Now give it to the ESP.',
  );
  if (values.length > 1) io.say(`Once the ESP signs with it: secrets remove ${name} --position 2`);
  return EXIT.yes;
}

/** A new value; a password travels where the one before it does, so that only its value changes at the ESP. */
function generated(provider: Provider<unknown>, origin: Origin, newest: string | undefined): string {
  const fresh = provider.generateKey().secret ?? '';
  return origin.with === 'password' && newest !== undefined ? renewed(newest, fresh) : fresh;
}

/** Drops one live value, having said whether it is still in use. */
export async function remove(target: Target, name: string, given: Given, io: Io): Promise<ExitCode> {
  sourceOf(target, name);
  if (given.position === undefined) throw new UsageError('secrets remove: --position is missing (1 is the newest).');
  const position = parseCount('position', given.position, 1_000);
  const live = liveValues(await readSecretMap(target), name);
  if (position > live.length) throw new UsageError(`${name} has ${live.length} live values: nothing was removed.`);
  const risk =
    live.length === 1 ? 'It is the only one: every request would be refused.' : await riskOf(target, name, position);
  if (risk !== undefined) io.say(risk);
  if (risk !== undefined && !given.yes)
    throw new UsageError('secrets remove: nothing was removed. --yes does it all the same.');
  const doomed = live[position - 1];
  let left = 0;
  const intent = {
    what: 'secrets remove',
    hand: await handOf(given, target),
    on: [name],
    how: `position ${position} of ${live.length}`,
    say: io.say,
  } as const;
  await changeByHand(target, intent, (map) => {
    const rest = liveValues(map, name).filter((value) => value !== doomed);
    left = rest.length;
    const changed = new Map(map);
    if (rest.length === 0) changed.delete(name);
    else changed.set(name, rest.length === 1 ? rest[0] : rest);
    return changed;
  });
  io.print(given.json ? jsonLine({ source: name, values: left }) : `${name}: removed, live values: ${left}`);
  io.say('The old one may still be accepted for 5 minutes.');
  return EXIT.yes;
}

/** Why removing it may hurt; undefined where another one is in use. */
async function riskOf(target: Target, name: string, position: number): Promise<string | undefined> {
  const last = await (await watchOf(target)).lastProof(name);
  if (!last)
    return 'Which of them proved a request last is not known: has the ESP been switched, and has it posted since?';
  const when = new Date(last.at).toISOString();
  if (last.position === position) return `It is in use: it proved a request at ${when}.`;
  return undefined;
}
