/**
 * AWS that does nothing, in a process of its own: says yes to every call and counts it. With a DynamoDB emulator behind it, its calls
 * are passed on and what they consumed is counted too.
 */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { awsJson } from '../../lib/local/emulators/aws-json.ts';
import { count, countConsumed, emptyTally } from './tally.ts';

const [, , secret = '{}', emulator = ''] = process.argv;
const md5 = (text: string) => createHash('md5').update(text).digest('hex');

const dynamo = awsJson('dynamodb', emulator);

let tally = emptyTally();

type Input = Record<string, unknown>;
const ANSWERS: Readonly<Record<string, (input: Input) => object>> = {
  GetSecretValue: () => ({ SecretString: secret }),
  SendMessage: ({ MessageBody }) => ({ MessageId: '1', MD5OfMessageBody: md5(String(MessageBody)) }),
  SendMessageBatch: ({ Entries }) => ({
    Successful: (Entries as { Id: string; MessageBody: string }[]).map(({ Id, MessageBody }) => ({
      Id,
      MessageId: Id,
      MD5OfMessageBody: md5(MessageBody),
    })),
  }),
  BatchExecuteStatement: ({ Statements }) => ({ Responses: (Statements as []).map(() => ({})) }),
  BatchGetItem: ({ RequestItems }) => ({
    Responses: Object.fromEntries(Object.keys(RequestItems as object).map((table) => [table, []])),
    UnprocessedKeys: {},
  }),
  PutRecordBatch: ({ Records }) => ({
    FailedPutCount: 0,
    RequestResponses: (Records as []).map((_record, at) => ({ RecordId: String(at) })),
  }),
  Query: () => ({ Items: [], Count: 0 }),
};

/** Reads are left out of what was consumed: their units have another price. */
async function forward(operation: string, input: Input): Promise<object> {
  const answer = await dynamo<{ ConsumedCapacity?: unknown }>(operation, { ...input, ReturnConsumedCapacity: 'TOTAL' });
  if (!/Get|Query/.test(operation)) countConsumed(tally, answer);
  return answer;
}

const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const target = String(request.headers['x-amz-target']);
  const operation = target.split('.').at(-1) ?? '';
  const input = JSON.parse(Buffer.concat(chunks).toString() || '{}') as Input;
  count(tally, operation, input as never);
  try {
    const passed = emulator !== '' && target.startsWith('DynamoDB');
    const answer = passed ? await forward(operation, input) : (ANSWERS[operation]?.(input) ?? {});
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(answer));
  } catch (error) {
    process.stderr.write(`${error}\n`);
    response.writeHead(500).end();
  }
});
server.keepAliveTimeout = 120_000;
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));

process.on('message', () => {
  process.send?.({ tally });
  tally = emptyTally();
});
process.on('disconnect', () => process.exit());
