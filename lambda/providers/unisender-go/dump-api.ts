import { parse } from 'csv-parse/sync';
import { CannotKnow } from '../../domain/cannot-know.ts';
import { parseJson, UnreadableJson } from '../../domain/json.ts';
import { fields, list, present, text } from '../../domain/read.ts';
import type { ApiContext, EventPage, TimeWindow } from '../api.ts';
import { isoSeconds, spacedSeconds } from '../shared/api.ts';

/** Most rows of one dump. Without it fifty come, and look complete. */
const MOST = 100_000;
/** In the order that is asked for; a first row with these names is a heading. */
const COLUMNS = [
  ...['project_id', 'event_time', 'job_id', 'from_email', 'email', 'status', 'delivery_status', 'metadata'],
  ...['destination_response', 'user_agent', 'url', 'ip', 'tags'],
];
const LOOK_EVERY_MS = 2_000;
const MOST_LOOKS = 300;
const MINUTE = 60_000;

/** Past events: a dump is ordered, waited for, fetched and removed again, because only ten are kept. Whole seconds; the end is not part of it. */
export async function* dump(context: ApiContext, window: TimeWindow): AsyncGenerator<EventPage> {
  const id = await order(context, window);
  const rows: string[][] = [];
  try {
    for (const address of await files(context, id)) {
      const what = 'fetch a file of events';
      const asked = { use: 'events', what, method: 'GET', path: '', download: address, isSound } as const;
      const { text: csv } = await context.call(asked);
      const read = rowsOf(csv);
      rows.push(...(read[0]?.[0] === COLUMNS[0] ? read.slice(1) : read));
    }
  } finally {
    await remove(context, id);
  }
  if (rows.length >= MOST) {
    yield* halves(context, window);
    return;
  }
  const events = rows.map(asWebhook);
  const known = events.filter((one) => one !== undefined);
  yield { events: known, passed: events.length - known.length };
}

const rowsOf = (csv: string): string[][] => parse(csv, { relax_column_count: true, skip_empty_lines: true });

/** A table of the columns that were asked for. */
function isSound(csv: string): boolean {
  try {
    const rows = rowsOf(csv);
    return rows.length > 0 && rows.every(({ length }) => length === COLUMNS.length);
  } catch {
    return false;
  }
}

async function* halves(context: ApiContext, { from, to }: TimeWindow): AsyncGenerator<EventPage> {
  if (to - from <= MINUTE) {
    const lost = `Unisender Go gives no more than ${MOST} events of one dump: others of ${isoSeconds(from)} cannot be read.`;
    yield { events: [], lost };
    return;
  }
  const middle = Math.floor((from + to) / 2000) * 1000;
  yield* dump(context, { from, to: middle });
  yield* dump(context, { from: middle, to });
}

async function order({ call }: ApiContext, { from, to }: TimeWindow): Promise<string> {
  const json = {
    start_time: spacedSeconds(from),
    // What is of the last second in part belongs to it.
    end_time: spacedSeconds(Math.ceil(to / 1000) * 1000),
    limit: MOST,
    dump_fields: COLUMNS,
    delimiter: ',',
    format: 'csv',
  };
  const what = 'order a dump of events';
  const path = '/event-dump/create.json';
  const answer = await call({ use: 'events', what, method: 'POST', path, json, accepts: [400] });
  // Runs that were cut off leave theirs behind.
  if (answer.status === 400)
    throw new CannotKnow(
      'Unisender Go takes no order of a dump of this time. It keeps ten at most, each for eight hours: take old ones away on its page, or wait, and run the same command again.',
    );
  const id = text(fields(answer.json).dump_id);
  if (id === undefined) throw new CannotKnow('Unisender Go took the order of a dump and gave no id of it.');
  return id;
}

async function files({ call, wait }: ApiContext, dump_id: string): Promise<string[]> {
  for (let looks = 0; looks < MOST_LOOKS; looks++) {
    const what = 'ask whether a dump is ready';
    const path = '/event-dump/get.json';
    const asked = { use: 'events', what, method: 'POST', path, json: { dump_id }, isSound: isAnswer } as const;
    const answer = await call(asked);
    const about = fields(fields(answer.json).event_dump ?? answer.json);
    if (text(about.dump_status) === 'ready') return list(about.files).flatMap((file) => text(fields(file).url) ?? []);
    await wait(LOOK_EVERY_MS);
  }
  throw new CannotKnow('Unisender Go has not made the dump of events in ten minutes. Run the same command again.');
}

const isAnswer = (said: string): boolean => said.includes('"dump_status"');

/** A dump that stays is gone after eight hours by itself. */
async function remove({ call }: ApiContext, dump_id: string): Promise<void> {
  const what = 'remove a dump';
  const path = '/event-dump/delete.json';
  await call({ use: 'events', what, method: 'POST', path, json: { dump_id }, accepts: [400, 404] }).catch(() => {});
}

/** A cell that is empty is a member that is missing. Undefined where the row cannot be told from others. */
function asWebhook(row: readonly string[]): string | undefined {
  const cell = (name: string): string | undefined => row[COLUMNS.indexOf(name)] || undefined;
  if ([cell('status'), cell('email'), cell('event_time'), cell('job_id')].includes(undefined)) return undefined;
  const delivery_info = present({
    delivery_status: cell('delivery_status'),
    destination_response: cell('destination_response'),
    user_agent: cell('user_agent'),
    ip: cell('ip'),
  });
  const event_data = present({
    job_id: cell('job_id'),
    email: cell('email'),
    status: cell('status'),
    event_time: cell('event_time'),
    url: cell('url'),
    metadata: jsonOf(cell('metadata')),
    delivery_info: Object.keys(delivery_info).length > 0 ? delivery_info : undefined,
  });
  return JSON.stringify(
    present({ event_name: 'transactional_email_status', project_id: cell('project_id'), event_data }),
  );
}

function jsonOf(cell: string | undefined): unknown {
  try {
    return cell === undefined ? undefined : parseJson(cell);
  } catch (error) {
    if (error instanceof UnreadableJson) return undefined;
    throw error;
  }
}
