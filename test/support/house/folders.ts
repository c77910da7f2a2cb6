/**
 * The house: each folder, what it holds and what it may import beside itself. The rules read this table, and docs/architecture.md
 * prints it: `npm exec node -- test/support/house/folders.ts` writes it there.
 */
import { readFileSync, writeFileSync } from 'node:fs';

export const FOLDERS: readonly {
  readonly folder: string;
  readonly holds: string;
  readonly imports: readonly string[];
}[] = [
  {
    folder: 'lambda/contract/',
    holds:
      'what the stack, the functions and the commands share: variables, table attributes, the queue message, metric names',
    imports: [],
  },
  {
    folder: 'lambda/domain/',
    holds: "the product's core, pure: vocabulary, normal form of addresses, fingerprints, merging of evidence, policy",
    imports: ['lambda/contract/'],
  },
  {
    folder: 'lambda/providers/',
    holds: 'a folder for each ESP with all that is known of it; what several need is in `shared`',
    imports: ['lambda/contract/', 'lambda/domain/'],
  },
  {
    folder: 'lambda/aws/',
    holds: "the functions' calls of AWS: a file for each service, a folder for the tables",
    imports: ['lambda/contract/', 'lambda/domain/', 'lambda/providers/provider.ts'],
  },
  {
    folder: 'lambda/esp/',
    holds: "how an ESP's own API is asked: pace, patience, refusals, windows read whole; for commands and the check",
    imports: ['lambda/contract/', 'lambda/domain/', 'lambda/providers/api.ts', 'lambda/aws/effort.ts'],
  },
  {
    folder: 'lambda/handlers/',
    holds: 'a folder for each function; `handler.ts` reads from top to bottom',
    imports: ['lambda/'],
  },
  {
    folder: 'lib/settings/',
    holds: 'the settings of a stage, read and checked',
    imports: ['lambda/contract/', 'lambda/providers/'],
  },
  {
    folder: 'lib/constructs/',
    holds: 'the stack, by what it builds: ingress, delivery, storage, feeds, watch, access, bundles',
    imports: [
      'lib/settings/',
      'lib/reports/',
      'lambda/contract/',
      'lambda/domain/mailbox-operators.ts',
      'lambda/providers/index.ts',
      'lambda/providers/own-api.ts',
      'lambda/providers/provider.ts',
    ],
  },
  {
    folder: 'lib/local/',
    holds: 'the same stack on this machine, by what it stands in for',
    imports: ['lib/', 'lambda/contract/', 'lambda/domain/', 'lambda/providers/'],
  },
  {
    folder: 'lib/ops/',
    holds: "the operator's commands: what people type, the stack they mean, what it holds, a folder for each command",
    imports: [
      'lib/settings/',
      'lib/reports/',
      'lambda/contract/',
      'lambda/domain/',
      'lambda/providers/',
      'lambda/aws/',
      'lambda/esp/',
    ],
  },
  {
    folder: 'lib/reports/',
    holds: 'questions to the archive, one definition each, for Athena and for DuckDB',
    imports: ['lambda/contract/', 'lambda/domain/'],
  },
  {
    folder: 'lib/reader/',
    holds: 'the published reader of the suppression list',
    imports: ['lambda/contract/', 'lambda/domain/'],
  },
];

const table = (): string =>
  [
    '| folder | holds | may import, beside itself |',
    '|---|---|---|',
    ...FOLDERS.map(
      ({ folder, holds, imports }) =>
        `| \`${folder}\` | ${holds} | ${imports.map((name) => `\`${name}\``).join(', ') || 'nothing'} |`,
    ),
  ].join('\n');

/** The text of docs/architecture.md with the table as it stands here. */
export const withFolders = (text: string): string =>
  text.replace(
    /(<!-- folders -->\n)[\s\S]*?(\n<!-- end -->)/,
    (_, open: string, close: string) => open + table() + close,
  );

if (import.meta.main) writeFileSync('docs/architecture.md', withFolders(readFileSync('docs/architecture.md', 'utf8')));
