import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { checkSettings } from './check.ts';
import { readDocument } from './document.ts';
import { type Mistake, SettingsError } from './mistakes.ts';
import type { Settings } from './schema.ts';

/** What `-c` on the command line says: `stage=prod` picks `settings/prod.json`, `settings=FILE` names a file directly. */
export interface Choice {
  readonly stage?: string | undefined;
  readonly settings?: string | undefined;
}

const STAGE = /^[a-z][a-z0-9-]{0,31}$/;
/** The stage of those who name none, where there is a file for it. */
const DEFAULT = 'dev';

/**
 * The settings of the chosen stage.
 * @param directory the project's `settings/`
 * @throws SettingsError with every mistake of the file.
 */
export function loadSettings(choice: Choice, directory: string): Settings {
  const stage = choice.stage ?? (choice.settings ? basename(choice.settings, '.json') : defaultStage(directory));
  if (!STAGE.test(stage)) {
    throw new SettingsError(
      `The stage names the stack: "${stage}" must be lower-case letters, digits and hyphens, at most 32.`,
    );
  }
  const file = choice.settings ?? join(directory, `${stage}.json`);
  const { document, twice } = parse(file, directory);
  const checked = checkSettings(document, stage);
  if ('settings' in checked && twice.length === 0) return checked.settings;
  throw new SettingsError(report(file, [...twice, ...('mistakes' in checked ? checked.mistakes : [])]));
}

/** Nothing is deployed by chance: the example would be a stack of its own, whose alarms go nowhere. */
function defaultStage(directory: string): string {
  if (existsSync(join(directory, `${DEFAULT}.json`))) return DEFAULT;
  const [first = 'prod'] = stagesIn(directory).filter((stage) => stage !== 'example');
  throw new SettingsError(
    [
      `Which stage? Name one: -c stage=${first}, which reads settings/${first}.json.`,
      `Stages here: ${stagesIn(directory).join(', ')}. A new one: cp settings/example.json settings/<stage>.json, and edit it.`,
      `(Without -c, settings/${DEFAULT}.json is used, and there is none.)`,
    ].join('\n'),
  );
}

const stagesIn = (directory: string): string[] =>
  readdirSync(directory).flatMap((entry) => (entry.endsWith('.json') ? [basename(entry, '.json')] : []));

function parse(file: string, directory: string): { document: unknown; twice: readonly Mistake[] } {
  if (!existsSync(file)) {
    throw new SettingsError(
      `${file} does not exist. Stages here: ${stagesIn(directory).join(', ')}. A new one: cp settings/example.json settings/<stage>.json, and edit it.`,
    );
  }
  const { json, repeated, strangeAt } = readDocument(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
  const twice = repeated.map(({ path, lines: [first, second] }) => ({
    path,
    problem: `stands here twice, in lines ${first} and ${second}: only the second would count`,
  }));
  try {
    return { document: JSON.parse(json), twice };
  } catch (error) {
    const what = strangeAt === undefined ? (error as Error).message : `line ${strangeAt}: ${STRANGE}`;
    throw new SettingsError(`${file} is not JSON: ${what}`);
  }
}

const STRANGE = 'a value that is neither text in double quotes nor a number, true, false or null';

function report(file: string, mistakes: readonly Mistake[]): string {
  // Names come from the file, and nothing in them may steer a terminal.
  const place = (path: Mistake['path']): string => path.join('.').replace(/\p{Cc}/gu, '\ufffd') || 'the file';
  const lines = mistakes.map(({ path, problem }) => `  ${place(path)}: ${problem}`);
  const noSource = mistakes.some(({ path }) => path.length === 1 && path[0] === 'sources');
  return [
    `${file}: ${mistakes.length === 1 ? 'one mistake' : `${mistakes.length} mistakes`}`,
    ...lines,
    ...(noSource ? ['', 'An example:', SMALLEST] : []),
    '',
    'Every key is explained in docs/settings.md.',
  ].join('\n');
}

const SMALLEST = JSON.stringify({ sources: { sendgrid: { provider: 'sendgrid', expectEvery: '24h' } } }, undefined, 2);
