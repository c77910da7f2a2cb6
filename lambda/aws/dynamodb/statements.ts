import {
  type AttributeValue,
  BatchExecuteStatementCommand,
  type BatchStatementRequest,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import type { EpochMs } from '../../contract/units.ts';
import { chunks, inParallel } from '../../domain/batches.ts';
import { attempt, retried } from '../effort.ts';

/** DynamoDB's limit for one `BatchExecuteStatement`. */
const BATCH = 25;
/** Statements about one partition that come before everybody else's, once some were refused: two such leave a request more than half to others. */
const OF_ONE = 5;
/** Requests in flight from one invocation: keeps a new table (4,000 writes a second) from being stormed. */
const PARALLEL = 4;

/**
 * How one statement ended. `refused`: its condition did not hold (`DuplicateItem`, `ConditionalCheckFailed`). `invalid`: DynamoDB
 * will never take it. `failed`: anything else, after retries until the deadline.
 */
export type Outcome = 'done' | 'refused' | 'invalid' | 'failed';

const OUTCOMES = new Map<string, Outcome>([
  ['DuplicateItem', 'refused'],
  ['ConditionalCheckFailed', 'refused'],
  ['ValidationError', 'invalid'],
]);

let failures = { throttled: 0, other: 0 };

/** Notes an answer of a table that is neither yes nor no: a statement's code, or what a request threw. */
export function noteFailure(cause: unknown): void {
  const word = cause instanceof Error ? cause.name : String(cause);
  failures[/Throttl|ThroughputExceeded|RequestLimit/.test(word) ? 'throttled' : 'other'] += 1;
}

/** What was noted since the last call: of one batch, because a process works on one at a time. */
export function takeFailures(): Readonly<typeof failures> {
  const noted = failures;
  failures = { throttled: 0, other: 0 };
  return noted;
}

export interface Statement {
  readonly text: string;
  readonly parameters: AttributeValue[];
  /** The partition that it writes to, where several statements may write to one. */
  readonly partition?: string;
}

/**
 * Runs conditional writes, 25 to a request, each costing one ordinary write unit. No two may have the same key. Transient errors,
 * of a request or of single statements in a 200, are tried again with jitter until `deadline` (epoch milliseconds).
 */
export async function runStatements(
  client: DynamoDBClient,
  statements: readonly Statement[],
  deadline: EpochMs,
): Promise<Outcome[]> {
  const outcomes = new Array<Outcome>(statements.length).fill('failed');
  await retried([...statements.keys()], deadline, async (left) => {
    // A table that has reached its capacity is given what comes first, again, and nothing behind it: of all messages some are finished,
    // where otherwise all would be begun. One item that is always refused holds nobody: its request is not full of refusals.
    let full = false;
    const behind = new Set<number>();
    await inParallel(chunks(left, BATCH), PARALLEL, async (indexes) => {
      // Checked before each request: with a slow table one round of many could outlast the function.
      if (full || Date.now() > deadline) return;
      const some = indexes.map((index) => statements[index] as Statement);
      const results = await attempt(deadline, (signal) => send(client, some, signal));
      for (const [at, index] of indexes.entries()) outcomes[index] = results[at] ?? 'failed';
      const open = indexes.filter((index) => outcomes[index] === 'failed');
      full ||= open.length > indexes.length / 2;
      // A full table takes some of each; this is one hot partition, or several. A request without an answer says nothing of its statements.
      if (results.length > 0 && open.length === indexes.length) for (const index of open) behind.add(index);
    });
    const open = left.filter((index) => outcomes[index] === 'failed');
    const inOrder = [...open.filter((index) => !behind.has(index)), ...open.filter((index) => behind.has(index))];
    return fewOfEach(inOrder, (index) => statements[index]?.partition);
  });
  return outcomes;
}

/**
 * In their order, but of each partition only so many before all others: a partition takes 1,000 writes a second, and whoever writes to a hot
 * one, a hundred opens of one person, must not keep a complaint behind them from ever being sent.
 */
function fewOfEach(indexes: readonly number[], partitionOf: (index: number) => string | undefined): number[] {
  const counts = new Map<string, number>();
  const first: number[] = [];
  const later: number[] = [];
  for (const index of indexes) {
    const partition = partitionOf(index);
    const count = partition === undefined ? 1 : (counts.get(partition) ?? 0) + 1;
    if (partition !== undefined) counts.set(partition, count);
    (count > OF_ONE ? later : first).push(index);
  }
  return [...first, ...later];
}

async function send(
  client: DynamoDBClient,
  statements: readonly Statement[],
  abortSignal: AbortSignal,
): Promise<Outcome[]> {
  const Statements: BatchStatementRequest[] = statements.map(({ text, parameters }) => ({
    Statement: text,
    Parameters: parameters,
  }));
  try {
    const { Responses = [] } = await client.send(new BatchExecuteStatementCommand({ Statements }), { abortSignal });
    return Responses.map(({ Error: error }) => {
      const outcome = error === undefined ? 'done' : (OUTCOMES.get(error.Code ?? '') ?? 'failed');
      if (outcome === 'failed') noteFailure(error?.Code);
      return outcome;
    });
  } catch (error) {
    // One bad statement can refuse the whole request: alone it is told from its neighbours.
    if (!(error instanceof Error) || error.name !== 'ValidationException') {
      noteFailure(error);
      return [];
    }
    if (statements.length === 1) return ['invalid'];
    return (await Promise.all(statements.map((statement) => send(client, [statement], abortSignal)))).map(
      ([outcome]) => outcome ?? 'failed',
    );
  }
}
