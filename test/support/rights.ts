import type { Call } from './surroundings/faulty-proxy.ts';
import { show, type synthesize } from './template.ts';

/** What functions may do by the template, and what they did, in one form: `function: action on resource`. */

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

/** What Lambda does in a function's name: it writes the log, and polls queues and streams. */
const OF_LAMBDA =
  /^(logs:|sqs:(ReceiveMessage|DeleteMessage|GetQueueAttributes)|dynamodb:(DescribeStream|GetRecords|GetShardIterator|ListStreams))/;

export interface Rights {
  /** That the function's own code needs. */
  readonly own: string[];
  /** That Lambda needs: `function: service on resource`. */
  readonly polled: string[];
}

/** @param stack the template that the functions run with */
export function rightsOf({ ofType }: ReturnType<typeof synthesize>): Rights {
  const all = ofType('AWS::IAM::Policy').flatMap(([id, { Properties }]) => {
    const [, name] = /(receive|process|pulse|publish)Role/i.exec(id) ?? [];
    if (name === undefined) return [];
    return (Properties.PolicyDocument as { Statement: Statement[] }).Statement.flatMap(({ Action, Resource }) =>
      [Action]
        .flat()
        .flatMap((action) =>
          [Resource].flat().map((on) => ({ name: name.toLowerCase(), action: String(action), on: plain(show(on)) })),
        ),
    );
  });
  const polls = all.filter(({ action }) => /ReceiveMessage|GetRecords/.test(action));
  return {
    own: all
      .filter(({ action }) => !OF_LAMBDA.test(action))
      .map(({ name, action, on }) => `${name}: ${action} on ${on}`)
      .sort(),
    polled: polls.map(({ name, action, on }) => `${name}: ${action.split(':')[0]} on ${on}`).sort(),
  };
}

/** Without the attribute, the hash of a logical id, and what stands before a name. */
const plain = (resource: string): string =>
  resource
    .replace(/\.(Arn|StreamArn)$/, '')
    .replace(/^(.*\D)[0-9A-F]{8}$/, '$1')
    .replace(/^arn:.*:(?=[^:]+$)/, '');

const VERBS = new Map([
  ['INSERT INTO', 'Insert'],
  ['UPDATE', 'Update'],
  ['DELETE FROM', 'Delete'],
  ['SELECT', 'Select'],
]);

/** A function's name in the contract, from its logical id. */
const nameIn = (id: string): string => /(receive|process|pulse|publish)function/i.exec(id)?.[1]?.toLowerCase() ?? id;

/** A call as the rights that it needs. @param nameOf the resource behind a name, a URL or an ARN */
export function neededFor(
  service: string,
  { caller, operation, body }: Call,
  nameOf: (text: string) => string,
): string[] {
  const on = (action: string, resource: unknown) => `${nameIn(caller)}: ${action} on ${nameOf(String(resource))}`;
  if (service === 'dynamodb') {
    const statements = (body.Statements ?? []) as { Statement: string }[];
    if (operation === 'BatchExecuteStatement')
      return statements.map(({ Statement: text }) => {
        const [, verb = '', table = ''] = /^(INSERT INTO|UPDATE|SELECT|DELETE FROM) "([^"]+)"/.exec(text) ?? [];
        return on(`dynamodb:PartiQL${VERBS.get(verb)}`, table);
      });
    const tables = body.RequestItems ? Object.keys(body.RequestItems as object) : [body.TableName];
    return tables.map((table) => on(`dynamodb:${operation}`, table));
  }
  if (service === 'sqs') return [on(`sqs:${operation.replace('Batch', '')}`, body.QueueUrl)];
  if (service === 'secretsmanager') return [on(`secretsmanager:${operation}`, body.SecretId)];
  if (service === 'firehose') return [on(`firehose:${operation}`, body.DeliveryStreamName)];
  if (service === 'sns') return [on(`sns:${operation}`, body.TopicArn)];
  if (service === 'eventbridge')
    return (body.Entries as { EventBusName: string }[]).map(({ EventBusName }) =>
      on(`events:${operation}`, EventBusName),
    );
  return [on(`${service}:${operation}`, '?')];
}
