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
    await inParallel(chunks(left, BATCH), PARALLEL, async (indexes) => {
      // Checked before each request: with a slow table one round of many could outlast the function.
      if (full || Date.now() > deadline) return;
      const some = indexes.map((index) => statements[index] as Statement);
      const results = await attempt(deadline, (signal) => send(client, some, signal));
      for (const [at, index] of indexes.entries()) outcomes[index] = results[at] ?? 'failed';
      full ||= indexes.filter((index) => outcomes[index] === 'failed').length > indexes.length / 2;
    });
    return left.filter((index) => outcomes[index] === 'failed');
  });
  return outcomes;
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
