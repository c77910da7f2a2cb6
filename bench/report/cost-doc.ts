import { METRICS } from '../../lambda/contract/metrics.ts';
import { AIM_PERCENT } from '../../lib/constructs/storage/capacity.ts';
import { idleOfDocs } from '../cost/idle.ts';
import {
  ASSUMED,
  archive,
  BREAK_EVEN,
  type Lines,
  perMillion,
  provisioned,
  published,
  storage,
  total,
  variants,
} from '../cost/model.ts';
import { GB, PRICES } from '../cost/prices.ts';
import { archives, shapesOf } from '../cost/shapes.ts';
import type { Everything } from '../run/all.ts';
import { dollars, figure, markdown } from './text.ts';

const RETENTION_DAYS = 35;

/** docs/cost.md. */
export function costDoc(everything: Everything): string {
  const { receive, process } = everything;
  const { one, hundred } = shapesOf(receive, process);
  const ms = (way: 'putItem' | 'idempotency') => process.cpu[way].median / 1000;
  const cpu = { putItemMs: ms('putItem'), idempotencyMs: ms('idempotency') };
  const built = archives(process.archived.hundred);
  const [lines, many] = [perMillion(one), perMillion(hundred)];
  const archiveName = built ? 'archive' : 'archive (not built yet)';
  const both = (name: string, a: number, b: number) => [name, dollars(a), dollars(b)];
  const rows = (a: Lines, b: Lines) => Object.keys(a).map((name) => both(name, a[name] ?? 0, b[name] ?? 0));
  const head = ['', '1 event per request', '100 per request'];
  const storedGb = (one.itemBytes + ASSUMED.itemOverhead) / (GB / 1e6);

  return `# Cost

Written by \`npm run bench -- --write-docs\`: list prices of us-east-1 without any free quota, times what real runs asked of AWS. Every call, 64 KB chunk, write unit
and byte is counted at the functions' own bundles; assumed is only how long Lambda waits (${ASSUMED.sqsMs} ms for SQS, ${ASSUMED.dynamoMs} ms for DynamoDB) and that CPU time stretches by
${ASSUMED.slowdown.toFixed(2)} at ${ASSUMED.memoryGb * 1024} MB. The prices stand in \`bench/cost/prices.ts\`.

## Per million events

Dollars, for senders that post one event per request (SES, Postmark, Mailgun ...) and for those that post a hundred (SendGrid, SparkPost ...). Queue batches are full.

${markdown([head, ...rows(lines, many), both(archiveName, archive(one), archive(hundred)), both('**total**', total(lines) + archive(one), total(many) + archive(hundred)), both('without archive', total(lines), total(many))])}

Batches that are not full cost more: a message processed alone needs an invocation and two queue requests for itself, ${dollars((PRICES.lambdaRequest + 2 * PRICES.sqsRequest) * 1e6)} per million messages
instead of a tenth of it.

## With a capacity

With [\`capacity\`](settings.md#capacity) the events table and its index are paid by the hour. Auto scaling aims at using ${AIM_PERCENT} % of what is there; the total of the table above is then

${markdown([
  ['used on average', '1 event per request', '100 per request'],
  ...[AIM_PERCENT, 60, 40, 100 * BREAK_EVEN].map((percent) => [
    `${figure(percent)} %`,
    dollars(total(provisioned(one, percent / 100)) + archive(one)),
    dollars(total(provisioned(hundred, percent / 100)) + archive(hundred)),
  ]),
])}

Below ${figure(100 * BREAK_EVEN)} % on average the default, which is paid per request, is cheaper. A write a second that is never used costs ${dollars(PRICES.writeUnitHour * 720)} a month, so \`min\` should be what a quiet hour uses.

## By setting, and by other ways to do it

What each adds to a million events.

${markdown([head, ...rows(variants(one, cpu), variants(hundred, cpu))])}

\`archive\` adds ${dollars(archive(one))} and ${dollars(archive(hundred))}${built ? '' : ' (not built yet)'} and about ${dollars((one.archiveBytes / GB) * 1e6 * PRICES.s3Storage)} a month for each million events kept, before gzip.
\`publish\` is on by default and in the table above; each further type costs ${dollars(published())} per million events of it, and up to ${dollars(PRICES.lambdaRequest * 1e6)} for
\`publish\` where changes come one by one.

## Per month, whatever comes

The smallest stack: one source, every default. Each stage is charged so again, and each further source $0.30 for its metric and $0.10 for each of its alarms
([settings](settings.md#what-an-idle-month-costs)).

<!-- idle -->
${idleOfDocs()}
<!-- end -->

Other metrics cost ${dollars(PRICES.metric)} each in a month in which they count something; at most ${dollars(Object.keys(METRICS).length * PRICES.metric)} for one source, ordinarily a third of it. Secrets
Manager's calls are $0.05 for 10,000: each environment of \`receive\` and \`process\` reads every five minutes while it is warm, $0.04 a month for one that always is. An
account's first ten alarms, ten metrics, three dashboards and million queue requests a month are free.

## Storage

An event takes ${figure(one.itemBytes)} bytes, ${figure(one.itemBytes + ASSUMED.itemOverhead)} with DynamoDB's overhead: ${figure(storedGb)} GB per million. A sender with a million events a month, once the retention is full:

${markdown([
  ['retention', 'plain', 'with point-in-time recovery'],
  ...[RETENTION_DAYS, 90, 365].map((days) => [
    `${days} days`,
    dollars(storage(one, days, false)),
    dollars(storage(one, days, true)),
  ]),
])}

The suppression list is small: a million people are about half a GB.
`;
}
