import { randomUUID } from 'node:crypto';
import { json } from 'node:stream/consumers';
import { ACCOUNT, REGION } from './aws-json.ts';
import type { StandIn } from './loopback.ts';

interface Entry {
  readonly EventBusName?: string;
  readonly Source?: string;
  readonly DetailType?: string;
  readonly Detail?: string;
}

/** The newest so many are kept. */
const KEPT = 20_000;

/**
 * EventBridge, as much of it as Quell calls: takes `PutEvents`, and shows what it took, as rules would see it, to whoever gets `/`. No rules
 * run here.
 */
export function eventBus(): StandIn {
  const taken: object[] = [];
  return async (request, response) => {
    const answer = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
    if (request.method === 'GET') return void answer(200, taken);
    if (request.headers['x-amz-target'] !== 'AWSEvents.PutEvents')
      return void answer(400, { __type: 'UnknownOperationException' });
    const { Entries = [] } = (await json(request)) as { Entries?: readonly Entry[] };
    if (Entries.length === 0 || Entries.length > 10) return void answer(400, { __type: 'ValidationException' });
    // Read before any is taken: a request is refused as a whole.
    const details = Entries.map(({ Detail }) => objectOf(Detail));
    const results = Entries.map((entry, at) => {
      const detail = details[at];
      if (!detail) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
      const id = randomUUID();
      taken.push(asSeen(id, entry, detail));
      return { EventId: id };
    });
    taken.splice(0, Math.max(0, taken.length - KEPT));
    answer(200, { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results });
  };
}

const asSeen = (id: string, entry: Entry, detail: object): object => ({
  version: '0',
  id,
  'detail-type': entry.DetailType,
  source: entry.Source,
  account: ACCOUNT,
  time: new Date().toISOString().replace(/\.\d+Z/, 'Z'),
  region: REGION,
  resources: [],
  detail,
});

function objectOf(text = ''): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
