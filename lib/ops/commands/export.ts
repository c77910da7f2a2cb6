import { defineCommand } from '../cli/command.ts';
import { UsageError } from '../cli/errors.ts';
import { EXIT } from '../cli/exit.ts';
import { jsonLine } from '../cli/io.ts';
import { scanSuppression } from '../stack/scan.ts';
import { resolveTarget } from '../target/resolve.ts';
import { TARGET_OPTIONS } from '../target/target.ts';
import { clean } from '../words/clean.ts';
import { COLUMNS, type Exported, exportRows } from './export-rows.ts';

export const command = defineCommand({
  args: [],
  about: `
Prints the suppression list to standard output: one line per piece of evidence, with address, reason, scope, at, until, note, source,
event and actor. CSV is what "import" reads again, exact in time, end, reason and scope. Reads the whole table, page by page.
Exit codes: 0 done (also where the list is empty), 2 usage, 3 cannot know.`,
  options: {
    format: { type: 'string', value: 'NAME', help: 'csv (default) or jsonl' },
    spreadsheet: {
      type: 'boolean',
      help: 'for a spreadsheet: nothing is taken for a formula (import reads such a file only in part)',
    },
    active: { type: 'boolean', help: 'only what suppresses now: neither lifted nor ended' },
    ...TARGET_OPTIONS,
  },
  changes: [],
  example: 'ops export --active --stage prod > list.csv',

  async run({ options: given, io }) {
    const format = given.format ?? (given.json ? 'jsonl' : 'csv');
    if (format !== 'csv' && format !== 'jsonl') throw new UsageError('export: --format is csv or jsonl.');
    if (given.spreadsheet && format !== 'csv') throw new UsageError('export: --spreadsheet is for CSV.');
    const target = await resolveTarget(given, io);
    const { stringify } = await import('csv-stringify/sync');
    const activeAt = given.active ? Date.now() : undefined;
    if (format === 'csv') io.print(COLUMNS.join(','));
    let [people, lines, unprintable] = [0, 0, 0];
    for await (const page of scanSuppression(target, io, ['reasons'])) {
      const rows = page.flatMap((row) => {
        const found = exportRows(row, activeAt);
        people += found.length > 0 ? 1 : 0;
        return found;
      });
      lines += rows.length;
      unprintable += rows.filter(({ address }) => clean(address) !== address).length;
      if (format === 'csv' && rows.length > 0) {
        io.print(
          stringify(rows.map(cleaned), {
            columns: [...COLUMNS],
            eof: false,
            escape_formulas: given.spreadsheet === true,
          }),
        );
      }
      if (format === 'jsonl') for (const row of rows) io.print(jsonLine(row));
      await io.flushed?.();
    }
    if (format === 'csv' && unprintable > 0) {
      io.say(`${unprintable} lines have addresses that CSV cannot show as they are: --format jsonl has them exactly.`);
    }
    io.say(`${lines} lines about ${people} people.`);
    return EXIT.yes;
  },
});

/** A line break in a note or an ESP's word must not look like another line. */
const cleaned = (row: Exported): Exported =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, clean(value)])) as unknown as Exported;
