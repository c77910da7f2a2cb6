import { UNSUBSCRIBE_SOURCE } from '../../../../lambda/contract/unsubscribe.ts';
import { defineCommand } from '../../cli/command.ts';
import { UsageError } from '../../cli/errors.ts';
import { EXIT, type ExitCode } from '../../cli/exit.ts';
import { type Io, jsonLine } from '../../cli/io.ts';
import { suggestion } from '../../cli/suggest.ts';
import { liveValues, readSecretMap, type SecretMap } from '../../stack/secret-map.ts';
import { resolveTarget } from '../../target/resolve.ts';
import { sourceOf, TARGET_OPTIONS, type Target } from '../../target/target.ts';
import { HAND_OPTIONS, handOf } from '../../words/author.ts';
import { optionsOf, providerOf } from '../../words/provider.ts';
import { changeByHand } from './by-hand.ts';
import { checkSecretForm } from './form.ts';
import { isOwnKey, ownKeyCommand } from './own-keys.ts';

const ACTIONS = ['set', 'list', 'rotate', 'remove'];

export const command = defineCommand({
  args: ['action', 'source?'],
  about: `
secrets set <source>   stores a secret, typed without echo or read from standard input, in the form the ESP shows it.
                       A source that has one already needs --add (both live, for a rotation without a gap) or --replace.
secrets list           says how many live values each source has, never which.
secrets rotate <source>  makes a new value live beside the old: typed or read, or with --generate made here and printed once, for ESPs
                       whose secret you choose. Then give it to the ESP.
secrets rotate quell-unsubscribe  makes a new key of unsubscribe links; the older ones stay, for older mail.
secrets set|remove <source> --api-key
                       the key of the ESP's own API, for the scheduled comparison (setting "reconcile"); it has a secret of its own.
secrets rotate quell-heartbeat  makes a new key of the stack's own test events; remove quell-heartbeat lets pulse make one. (Needs the eraser policy.)
secrets remove <source> --position N
                       drops one live value, 1 is the newest; says first which of them proved a request last. Needs --yes where that
                       is the very one, or is not known.
Receivers keep secrets for up to 5 minutes, but look again within 30 seconds when a check fails: a new value counts from then on, one
that was replaced may still be accepted for 5 minutes.
Exit codes: 0 done, every source has its secret; 1 list found a source without one; 2 usage, or a value of the wrong form; 3 cannot
know (the secret could not be read or written).`,
  options: {
    add: { type: 'boolean', help: 'set: put the new value before those that are live' },
    replace: { type: 'boolean', help: 'set: drop the values that are live' },
    generate: { type: 'boolean', help: 'rotate: make the value here, and print it this once' },
    'api-key': { type: 'boolean', help: "set, remove: the key of the ESP's own API instead" },
    position: { type: 'string', value: 'N', help: 'remove: which live value, 1 is the newest' },
    yes: { type: 'boolean', help: 'remove: although it may still be in use; set, rotate: although it is short' },
    ...HAND_OPTIONS,
    ...TARGET_OPTIONS,
  },
  changes: ['secrets set', 'secrets rotate', 'secrets remove'],
  example: 'ops secrets set sendgrid --stage prod < key.txt',

  async run({ args, options: given, io }) {
    const [action = '', source] = args;
    if (!ACTIONS.includes(action))
      throw new UsageError(`secrets: ${ACTIONS.join(', ')}?${suggestion(action, ACTIONS)}`);
    const target = await resolveTarget(given, io);
    if (action === 'list') return list(target, given.json === true, io);
    if (source === undefined) throw new UsageError(`secrets ${action}: of which source?`);
    if (given['api-key']) return (await import('./api-key.ts')).apiKeyCommand(action, target, source, given, io);
    if (source === UNSUBSCRIBE_SOURCE) return (await import('./unsubscribe.ts')).keysCommand(action, target, given, io);
    if (isOwnKey(source)) return ownKeyCommand(action, target, source, given, io);
    if (action === 'rotate') return (await import('./rotation.ts')).rotate(target, source, given, io);
    if (action === 'remove') return (await import('./rotation.ts')).remove(target, source, given, io);
    if (given.add && given.replace) throw new UsageError('secrets set: --add keeps the old value, --replace drops it.');
    return set(target, source, given, io);
  },
});

interface How {
  readonly add?: boolean | undefined;
  readonly replace?: boolean | undefined;
  readonly yes?: boolean | undefined;
  readonly json?: boolean | undefined;
  readonly note?: string | undefined;
  readonly actor?: string | undefined;
}

async function set(target: Target, name: string, how: How, io: Io): Promise<ExitCode> {
  const source = sourceOf(target, name);
  const provider = providerOf(source.provider);
  if (provider.keys === 'none') {
    throw new UsageError(`${name}: ${provider.title} needs no secret (${provider.secret.form}).`);
  }
  // Asked before the value is: nobody should type a secret in vain.
  if (!how.add && !how.replace && liveValues(await readSecretMap(target), name).length > 0) throw alreadySet(name);
  const value = await io.readSecret(`Secret of ${name} (${provider.secret.form}): `);
  await checkSecretForm(provider, value, optionsOf(provider, source.options), how.yes);

  let values: readonly string[] = [];
  const kind = how.replace ? 'in place of the others' : 'beside the others';
  const intent = { what: 'secrets set', hand: await handOf(how, target), on: [name], how: kind, say: io.say } as const;
  await changeByHand(target, intent, (map: SecretMap, again: boolean) => {
    const before = liveValues(map, name);
    if (before.length > 0 && !how.add && !how.replace && !again) throw alreadySet(name);
    values = how.replace ? [value] : [value, ...before.filter((old) => old !== value)];
    return new Map(map).set(name, values.length === 1 ? value : values);
  });
  if (how.json) io.print(jsonLine({ source: name, provider: provider.id, values: values.length }));
  else io.print(`${name}: stored, live values: ${values.length}`);
  io.say(
    'Receivers use it within 30 seconds.' +
      (how.replace ? ' Those that hold the old one may accept it for 5 minutes.' : ''),
  );
  if (values.length > 1) io.say('Once the ESP signs with the new one only, drop the others: secrets set --replace.');
  return EXIT.yes;
}

const alreadySet = (name: string): UsageError =>
  new UsageError(
    `${name} has a secret already: nothing was stored. --add makes the new one live beside it (rotation), --replace drops the old one.`,
  );

async function list(target: Target, json: boolean, io: Io): Promise<ExitCode> {
  const map = await readSecretMap(target);
  const rows = [...target.names.sources].map(([source, { provider }]) => {
    const needed = providerOf(provider).keys !== 'none';
    return { source, provider, needed, values: liveValues(map, source).length };
  });
  for (const row of rows) {
    const state =
      row.values > 0 ? `live values: ${row.values}` : row.needed ? 'MISSING: refuses everything' : 'needs none';
    io.print(json ? jsonLine(row) : `${row.source}  ${row.provider}  ${state}`);
  }
  const keys = await (await import('./unsubscribe.ts')).keyRow(target);
  if (keys) {
    const state = keys.values > 0 ? `live keys: ${keys.values}` : 'MISSING: no link works';
    io.print(json ? jsonLine({ ...keys, needed: true }) : `${keys.source}  ${state}`);
  }
  const apiKeys = await (await import('./api-key.ts')).apiKeyRows(target);
  for (const row of apiKeys) {
    const state = row.apiKey ? 'API key stored' : 'API key MISSING: not compared with its ESP';
    io.print(json ? jsonLine({ ...row, needed: true }) : `${row.source}  ${state}`);
  }
  // Names that begin so are the stack's own keys.
  const left = [...map.keys()].filter((name) => !target.names.sources.has(name) && !name.startsWith('quell-'));
  if (left.length > 0) io.say(`Stored for sources that ${target.label} does not have: ${left.join(', ')}.`);
  const lacking =
    keys?.values === 0 ||
    apiKeys.some(({ apiKey }) => !apiKey) ||
    rows.some(({ needed, values }) => needed && values === 0);
  return lacking ? EXIT.no : EXIT.yes;
}
