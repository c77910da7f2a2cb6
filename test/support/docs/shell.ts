import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Snippet } from './snippets.ts';

/**
 * Commands that the pages use. Each is a function here that notes its arguments, so that a snippet runs in a real shell and does nothing.
 */
const NOTED =
  'npm npx node git cd cp mkdir aws curl jq duckdb openssl gunzip gzip sort less grep head tail cat sed bash sleep'.split(
    ' ',
  );

const BEGINS = new RegExp(`^(\\$ )?([A-Z_]+=\\S+ )*(${NOTED.join('|')}|export|for|while|do|done)( |$)`);

export interface Run {
  /** What was called, with its arguments as the shell made them. */
  readonly calls: readonly (readonly string[])[];
  /** What the shell itself had to say; empty where all is well. */
  readonly mistakes: string;
}

/** Whether a text is one of shell commands. */
export const isShell = ({ language, text }: Pick<Snippet, 'language' | 'text'>): boolean =>
  language === 'sh' ||
  (language === 'indented' && BEGINS.test(text)) ||
  (language === 'inline' &&
    /^([A-Z_]+=\S+ )*(npm (ci|start|test|exec|run \S)|npx \S|aws [a-z0-9]+ [a-z]|curl )/.test(text));

/** The commands of a text that may show their output too: a block without a fence. */
function commandsOf({ language, text }: Pick<Snippet, 'language' | 'text'>): string {
  if (language !== 'indented') return text;
  let goesOn = false;
  const kept = text.split('\n').filter((line) => {
    const keep = goesOn || BEGINS.test(line);
    goesOn = keep && /(\\|\||&&)$/.test(line);
    return keep;
  });
  return kept.join('\n');
}

/** Runs one snippet: see `runShells`. */
export const runShell = (snippet: Pick<Snippet, 'language' | 'text'>): Run => runShells([snippet])[0] as Run;

/**
 * Runs snippets in a bash with nothing on its path, each in a subshell and a folder of its own. What stands in angle brackets is for the
 * reader to fill in: here it is a word.
 */
export function runShells(snippets: readonly Pick<Snippet, 'language' | 'text'>[]): readonly Run[] {
  const all = mkdtempSync(join(tmpdir(), 'quell-docs-'));
  try {
    const folders = snippets.map((snippet, at) => {
      const folder = join(all, String(at));
      mkdirSync(folder);
      const text = commandsOf(snippet)
        .replace(/'?<(your |the )?[A-Za-z][\w .-]*>'?/g, 'filled-in')
        .replace(/(^|\s)\.\.\.(?=\s|$)/g, '$1more');
      for (const [, file = ''] of text.matchAll(/<\s+([\w.-]+)/g)) writeFileSync(join(folder, file), '');
      writeFileSync(join(folder, 'calls'), '');
      writeFileSync(join(folder, 'text'), text);
      return folder;
    });
    const notes = NOTED.map((name) => `${name}() { printf '%s\\0' ${name} "$@" $'\\036' >> "$CALLS"; }`);
    const each = [
      'for HOME in "$@"; do',
      '  (builtin cd "$HOME"; CALLS="$HOME/calls"; PATH=; eval "$(<text)") 2> "$HOME/mistakes"',
      'done',
    ];
    const { error } = spawnSync('/bin/bash', ['--norc', '-c', [...notes, ...each].join('\n'), 'bash', ...folders], {
      timeout: 60_000,
      stdio: 'ignore',
      env: {},
    });
    return folders.map((folder) => {
      const calls = readFileSync(join(folder, 'calls'), 'utf8').split('\x1e\0').filter(Boolean);
      return {
        calls: calls.map((call) => call.split('\0').slice(0, -1)),
        mistakes: error?.message ?? readFileSync(join(folder, 'mistakes'), 'utf8'),
      };
    });
  } finally {
    rmSync(all, { recursive: true, force: true });
  }
}
