import { REPORTS, reportOf } from '../../../reports/reports.ts';
import { defineCommand } from '../../cli/command.ts';
import { UsageError } from '../../cli/errors.ts';
import { EXIT } from '../../cli/exit.ts';
import { jsonLine } from '../../cli/io.ts';
import { suggestion } from '../../cli/suggest.ts';
import { twoColumns } from '../../cli/two-columns.ts';
import { resolveTarget } from '../../target/resolve.ts';
import { sourceOf, TARGET_OPTIONS } from '../../target/target.ts';
import { parseDay } from '../../words/time.ts';

const NAMES = REPORTS.map(({ name }) => name);

export const command = defineCommand({
  args: ['name'],
  about: `
Asks the archive (setting "archive"; on in the local run), each event once, over the last 30 days unless --from and --to say otherwise. A deployed stack is
asked through Athena ($5 per TB read; a question stops at 100 GB), the local one through DuckDB over the same objects.
${twoColumns(REPORTS.map(({ name, about }) => [name, about])).join('\n')}
Exit codes: 0 there are rows, 1 there are none, 2 usage, 3 cannot know (no archive, no answer).`,
  options: {
    from: { type: 'string', value: 'DAY', help: 'what arrived on this day (UTC) or later' },
    to: { type: 'string', value: 'DAY', help: 'what arrived on this day or earlier' },
    source: { type: 'string', value: 'NAME', help: 'only of this source' },
    csv: { type: 'boolean', help: 'as CSV, safe for a spreadsheet' },
    ...TARGET_OPTIONS,
  },
  changes: [],
  example: 'ops report rates --from 2026-05-01 --local',

  async run({ args: [name = ''], options: given, io }) {
    const report = reportOf(name);
    if (!report)
      throw new UsageError(`report: there is no such report.${suggestion(name, NAMES)} Known: ${NAMES.join(', ')}.`);
    if (given.csv && given.json) throw new UsageError('report: --csv and --json exclude each other.');
    const choice = {
      ...(given.from !== undefined && { from: parseDay('from', given.from) }),
      ...(given.to !== undefined && { to: parseDay('to', given.to) }),
      ...(given.source !== undefined && { source: given.source }),
    };
    if (choice.from !== undefined && choice.to !== undefined && choice.from > choice.to)
      throw new UsageError('report: --from is after --to.');
    const target = await resolveTarget(given, io);
    if (given.source !== undefined) sourceOf(target, given.source);
    const { askArchive } = await import('./report.ts');
    const { tableCsv, tableLines, tableRows } = await import('./table.ts');
    const table = await askArchive(target, report, choice, (line) => io.say(line));
    if (given.json) for (const row of tableRows(table)) io.print(jsonLine(row));
    else if (given.csv) io.print(tableCsv(table).trimEnd());
    else if (table.rows.length > 0) for (const line of tableLines(table)) io.print(line);
    if (table.rows.length === 0)
      io.say('The archive holds nothing that answers this. It gets events at most five minutes after their arrival.');
    return table.rows.length > 0 ? EXIT.yes : EXIT.no;
  },
});
