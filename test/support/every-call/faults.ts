import { setTimeout as pause } from 'node:timers/promises';
import { type Answer, failure, type Input, success } from './services.ts';

/**
 * How a call can go wrong. Before its effect: refused, cut, never answered. After it: the answer is lost, late, half, half and nothing more, or garbled. `part`: one
 * half of what was asked is done, the other refused.
 */
export const FAULTS = [
  'hang',
  'hang-after',
  'cut',
  'cut-after',
  'half-after',
  'stall-after',
  'garbled-after',
  'slow',
  'throttled',
  'unavailable',
  'denied',
  'part',
] as const;
export type Fault = (typeof FAULTS)[number];

/** The effect was done and the caller cannot know: what has no key of its own may be done twice. */
export const losesAnswer = (fault: Fault): boolean => fault.endsWith('-after') || fault === 'slow';

/** Long for every call, and shorter than any client waits. */
const SLOW = 600;

/** What is sent; `half` ends in its middle, or stands still there. */
export type Sent = Answer | { readonly half: Answer; readonly stalls: boolean } | 'cut' | 'hang';

/** @param act does what was asked, or with other input only a part of it */
export async function faulty(
  fault: Fault | undefined,
  operation: string,
  input: Input,
  act: (input?: Input) => Promise<Answer>,
): Promise<Sent> {
  switch (fault) {
    case 'hang':
    case 'cut':
      return fault;
    case 'hang-after':
      await act();
      return 'hang';
    case 'cut-after':
      await act();
      return 'cut';
    case 'half-after':
      return { half: await act(), stalls: false };
    case 'stall-after':
      return { half: await act(), stalls: true };
    case 'garbled-after':
      return { ...(await act()), body: '<html>\u0000' };
    case 'slow':
      await pause(SLOW);
      return act();
    case 'throttled':
      return failure('ThrottlingException', operation === 'POST' || operation === 'GET' ? 429 : 400);
    case 'unavailable':
      return failure('ServiceUnavailable', 503);
    case 'denied':
      return failure('AccessDeniedException', operation === 'POST' || operation === 'GET' ? 403 : 400);
    case 'part':
      return (await inPart(operation, input, act)) ?? failure('InternalServerError', 500);
    default:
      return act();
  }
}

type Lists = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;

/** The list of a batch, that of its answer, and how the answer refuses one; a batch of one is refused as a whole. */
const BATCHES: Readonly<Record<string, readonly [asked: string, answered: string, refused: object]>> = {
  BatchExecuteStatement: ['Statements', 'Responses', { Error: { Code: 'ThrottlingError', Message: 'slow down' } }],
  PutEvents: ['Entries', 'Entries', { ErrorCode: 'ThrottlingException' }],
  PutRecordBatch: ['Records', 'RequestResponses', { ErrorCode: 'ServiceUnavailableException' }],
};

/** Every second item of a batch is done, the others are refused for now; undefined where the operation is no batch. */
async function inPart(
  operation: string,
  input: Input,
  act: (input?: Input) => Promise<Answer>,
): Promise<Answer | undefined> {
  if (operation === 'SendMessageBatch') {
    const [done, refused] = halves(input.Entries ?? []);
    const answer = done.length > 0 ? JSON.parse((await act({ ...input, Entries: done })).body) : {};
    const Failed = [
      ...(answer.Failed ?? []),
      ...refused.map(({ Id }) => ({ Id, Code: 'InternalError', SenderFault: false })),
    ];
    return success({ ...answer, Failed });
  }
  if (operation === 'BatchGetItem') {
    const { RequestItems } = input as { RequestItems: Record<string, { Keys: object[] }> };
    const [[table = '', asked = { Keys: [] }] = []] = Object.entries(RequestItems);
    const [done, refused] = halves(asked.Keys);
    const some = { RequestItems: { [table]: { ...asked, Keys: done } } } as Input;
    const answer = done.length > 0 ? JSON.parse((await act(some)).body) : { Responses: { [table]: [] } };
    return success({ ...answer, UnprocessedKeys: { [table]: { ...asked, Keys: refused } } });
  }
  const batch = BATCHES[operation];
  if (!batch) return undefined;
  const [asked, answered, refusal] = batch;
  const items = (input as unknown as Lists)[asked] ?? [];
  const [done] = halves(items);
  const answer = done.length > 0 ? JSON.parse((await act({ ...input, [asked]: done })).body) : {};
  const results = ((answer[answered] ?? []) as object[]).values();
  const merged = items.map((item) => (done.includes(item) ? results.next().value : refusal));
  return success({ ...answer, FailedPutCount: 1, FailedEntryCount: 1, [answered]: merged });
}

const halves = <T>(items: readonly T[]): [T[], T[]] => [
  items.filter((_item, at) => at % 2 === 1),
  items.filter((_item, at) => at % 2 === 0),
];
