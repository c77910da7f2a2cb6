import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { checkSettings } from './check.ts';
import { type Mistake, SettingsError } from './mistakes.ts';
import type { Settings } from './schema.ts';

/** What `-c` on the command line says: `stage=prod` picks `settings/prod.json`, `settings=FILE` names a file directly. */
export interface Choice {
  readonly stage?: string | undefined;
  readonly settings?: string | undefined;
}

const STAGE = /^[a-z][a-z0-9-]{0,31}$/;
const EXAMPLE = 'example';

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
  const checked = checkSettings(parse(file, directory), stage);
  if ('settings' in checked) return checked.settings;
  throw new SettingsError(report(file, checked.mistakes));
}

function defaultStage(directory: string): string {
  if (existsSync(join(directory, 'dev.json'))) return 'dev';
  process.stderr.write(
    'No stage chosen and no settings/dev.json: using settings/example.json. Copy it to settings/<stage>.json and pass -c stage=<stage>.\n',
  );
  return EXAMPLE;
}

function parse(file: string, directory: string): unknown {
  if (!existsSync(file)) {
    const stages = readdirSync(directory).flatMap((entry) =>
      entry.endsWith('.json') ? [basename(entry, '.json')] : [],
    );
    throw new SettingsError(
      `${file} does not exist. Stages here: ${stages.join(', ')}. Copy settings/example.json to begin.`,
    );
  }
  try {
    return JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new SettingsError(`${file} is not JSON: ${(error as Error).message}`);
  }
}

function report(file: string, mistakes: readonly Mistake[]): string {
  const lines = mistakes.map(({ path, problem }) => `  ${path.join('.') || 'the file'}: ${problem}`);
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
