import { stackName } from '../../../lambda/contract/outputs.ts';
import { ACCOUNT, REGION } from '../emulators/aws-json.ts';
import type { Assembly, Resource } from './assembly.ts';
import type { Place, Places } from './resolve.ts';

interface Addresses {
  /** Where functions reach the queues. SQS clients follow a queue URL's host, so it must be the emulator's. */
  readonly sqs: string;
  /** Where the HTTP API answers. */
  readonly api: string;
}

type Namer = (id: string, properties: Readonly<Record<string, unknown>>, addresses: Addresses) => Place;

const arn = (service: string, rest: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${rest}`;

/** A name that the template fixes, or the logical id. */
const named = (properties: Readonly<Record<string, unknown>>, property: string, id: string): string =>
  typeof properties[property] === 'string' ? properties[property] : id;

const NAMERS: Readonly<Record<string, Namer>> = {
  'AWS::SQS::Queue'(id, properties, { sqs }) {
    const name = named(properties, 'QueueName', id).slice(0, 80);
    const url = `${sqs}/${ACCOUNT}/${name}`;
    return { ref: url, attributes: { QueueUrl: url, QueueName: name, Arn: arn('sqs', name) } };
  },
  'AWS::DynamoDB::Table'(id, properties) {
    const name = named(properties, 'TableName', id);
    const table = arn('dynamodb', `table/${name}`);
    return { ref: name, attributes: { Arn: table, StreamArn: `${table}/stream/local` } };
  },
  'AWS::SecretsManager::Secret'(id, properties) {
    const secret = arn('secretsmanager', `secret:${named(properties, 'Name', id)}-local1`);
    return { ref: secret, attributes: { Id: secret } };
  },
  'AWS::Lambda::Function'(id, properties) {
    const name = named(properties, 'FunctionName', id);
    return { ref: name, attributes: { Arn: arn('lambda', `function:${name}`) } };
  },
  'AWS::SNS::Topic'(id, properties) {
    const name = named(properties, 'TopicName', id);
    return { ref: arn('sns', name), attributes: { TopicArn: arn('sns', name), TopicName: name } };
  },
  'AWS::Events::EventBus'(id, properties) {
    const name = named(properties, 'Name', id);
    return { ref: name, attributes: { Name: name, Arn: arn('events', `event-bus/${name}`) } };
  },
  'AWS::S3::Bucket'(id, properties) {
    const name = named(properties, 'BucketName', id.toLowerCase());
    return { ref: name, attributes: { Arn: `arn:aws:s3:::${name}` } };
  },
  'AWS::KinesisFirehose::DeliveryStream'(id, properties) {
    const name = named(properties, 'DeliveryStreamName', id);
    return { ref: name, attributes: { Arn: arn('firehose', `deliverystream/${name}`) } };
  },
  'AWS::IAM::Role': (id) => ({ ref: id, attributes: { Arn: `arn:aws:iam::${ACCOUNT}:role/${id}`, RoleId: id } }),
  'AWS::Logs::LogGroup': (id) => ({ ref: id, attributes: { Arn: arn('logs', `log-group:${id}:*`) } }),
  'AWS::Events::Rule': (id) => ({ ref: id, attributes: { Arn: arn('events', `rule/${id}`) } }),
  'AWS::ApiGatewayV2::Api': (id, _properties, { api }) => ({ ref: id, attributes: { ApiEndpoint: api, ApiId: id } }),
};

const PSEUDO = {
  AccountId: ACCOUNT,
  Region: REGION,
  Partition: 'aws',
  URLSuffix: 'amazonaws.com',
  StackName: stackName('local'),
};

/** The local value of everything the template can refer to. */
export function localPlaces(resources: Assembly['resources'], addresses: Addresses): Places {
  const pseudo = Object.entries(PSEUDO).map(([name, ref]) => [`AWS::${name}`, { ref, attributes: {} }] as const);
  const made = Object.entries(resources).map(([id, resource]) => [id, placeOf(id, resource, addresses)] as const);
  return new Map<string, Place>([...pseudo, ...made]);
}

const placeOf = (id: string, { Type, Properties = {} }: Resource, addresses: Addresses): Place =>
  (Object.hasOwn(NAMERS, Type) ? NAMERS[Type]?.(id, Properties, addresses) : undefined) ?? { ref: id, attributes: {} };
