/**
 * What the peers of `process` have in common, so that only the way of recording differs: the same messages read, normalised and judged
 * by the same code, the same suppression writes.
 */

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { SuppressionStore } from '../../lambda/aws/dynamodb/suppression.ts';
import { inParallel } from '../../lambda/domain/batches.ts';
import type { NormalisedEvent } from '../../lambda/domain/event/event.ts';
import { interpreter } from '../../lambda/domain/interpret.ts';
import { readMessage } from '../../lambda/domain/message.ts';
import { judge } from '../../lambda/domain/suppression/policy.ts';
import type { Change } from '../../lambda/domain/suppression/suppression.ts';
import { sendgrid } from '../../lambda/providers/sendgrid/index.ts';
import { DEFAULT_POLICY } from '../../lib/settings/policy.ts';

/** Requests in flight: more gains nothing on one core, and there is a socket for each, kept alive. */
const PARALLEL = 25;

export const RETENTION_DAYS = 35;
export const client = new DynamoDBClient({
  requestHandler: new NodeHttpHandler({ httpAgent: { maxSockets: PARALLEL } }),
});
const suppression = new SuppressionStore(client, process.env.SUPPRESSION_TABLE ?? '');

/** A handler that records each event by itself. */
export const oneByOne =
  (record: (event: NormalisedEvent) => Promise<void>, begin: (context: Context) => void = () => undefined) =>
  async (batch: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    begin(context);
    const events = batch.Records.flatMap(({ body }) => normalised(body));
    await inParallel(events, PARALLEL, record);
    const changes = new Map<string, Change>();
    for (const event of events) {
      const { judgement } = judge(event, DEFAULT_POLICY);
      if (judgement && event.recipient) changes.set(event.recipient, { judgements: [judgement] });
    }
    await suppression.apply(changes, Date.now() + 10_000);
    return { batchItemFailures: [] };
  };

function normalised(body: string): NormalisedEvent[] {
  const { source, receivedAt, requestId, events } = readMessage(body);
  const read = interpreter(source, { provider: sendgrid, options: {} });
  return events.flatMap((raw) => {
    const meaning = read(raw, {}, { receivedAt, requestId });
    return 'poison' in meaning ? [] : meaning.events;
  });
}
