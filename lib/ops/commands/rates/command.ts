import { titlesOf, WITHOUT_COMPLAINTS } from '../../../../lambda/domain/mailbox-operators.ts';
import { defineCommand } from '../../cli/command.ts';
import { UsageError } from '../../cli/errors.ts';
import { EXIT } from '../../cli/exit.ts';
import { jsonLine } from '../../cli/io.ts';
import { suggestion } from '../../cli/suggest.ts';
import { resolveTarget } from '../../target/resolve.ts';
import { sourceOf, TARGET_OPTIONS } from '../../target/target.ts';
import { parseDays } from '../../words/time.ts';
import { tableLines } from '../report/table.ts';
import { GROUPINGS, type Grouping, type Rate, ratesBy } from './rates.ts';

export const command = defineCommand({
  args: [],
  about: `
Delivered, bounced and complained by mailbox operator (default), source or day, as counts and in a hundred. Complaints are measured against what was delivered at
operators that report complaints: ${titlesOf(WITHOUT_COMPLAINTS)} report none. Read from the log of process: as far back as that is kept (a deployed stack: $0.005 per GB read).
Exit codes: 0 there are some, 1 there are none, 2 usage, 3 cannot know.`,
  options: {
    by: { type: 'string', value: 'WHAT', help: 'operator (default), source or day' },
    since: { type: 'string', value: 'TIME', help: 'how far back: 6h, 7d (default), 90d' },
    source: { type: 'string', value: 'NAME', help: 'only of this source' },
    ...TARGET_OPTIONS,
  },
  changes: [],
  example: 'ops rates --by day --since 30d --stage prod',

  async run({ options: given, io }) {
    const by = GROUPINGS.find((known) => known === (given.by ?? 'operator'));
    if (!by) throw new UsageError(`--by: operator, source or day?${suggestion(given.by ?? '', GROUPINGS)}`);
    const span = parseDays('since', given.since ?? '7d');
    const target = await resolveTarget(given, io);
    if (given.source !== undefined) sourceOf(target, given.source);
    const { watchOf } = await import('../doctor/watch-of.ts');
    const lines = await (await watchOf(target)).rates(Date.now() - span);
    const rates = ratesBy(
      lines.filter(({ source }) => given.source === undefined || source === given.source),
      by,
    );
    if (given.json) for (const { name, ...rate } of rates) io.print(jsonLine({ [by]: name, ...rate }));
    else if (rates.length > 0) for (const line of tableLines(asTable(by, rates))) io.print(line);
    if (rates.length === 0) io.say(`Nothing was delivered or bounced in this time, as far as ${target.label} knows.`);
    return rates.length > 0 ? EXIT.yes : EXIT.no;
  },
});

const asTable = (by: Grouping, rates: readonly Rate[]) => ({
  columns: [by, 'delivered', 'hard', 'hard %', 'soft', 'block', 'undetermined', 'complained', 'complained %'],
  rows: rates.map(
    ({ name, delivered, hard, hardPercent, soft, block, undetermined, complained, complainedPercent }) => [
      name,
      delivered,
      hard,
      hardPercent,
      soft,
      block,
      undetermined,
      complained,
      complainedPercent,
    ],
  ),
});
