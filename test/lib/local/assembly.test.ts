import { describe, expect, test } from '@jest/globals';
import { refuseUnknown, unknownParts } from '../../../lib/local/template/assembly.ts';
import { localPlaces } from '../../../lib/local/template/places.ts';
import { resolve } from '../../../lib/local/template/resolve.ts';

const queue = (properties: object) => ({ DeliveryQueue: { Type: 'AWS::SQS::Queue', Properties: { ...properties } } });

describe('what the local run does not know', () => {
  test('a known resource with known properties passes, whatever its values', () => {
    const redrive = { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 10 };
    expect(unknownParts(queue({ VisibilityTimeout: 180, RedrivePolicy: redrive }))).toEqual([]);
  });

  test('an unknown resource type is named', () => {
    const resources = { Stream: { Type: 'AWS::Kinesis::Stream' } };
    expect(() => refuseUnknown(resources)).toThrow('AWS::Kinesis::Stream (Stream)');
  });

  test('a type that every object inherits is unknown too', () => {
    expect(unknownParts({ Odd: { Type: 'constructor' } })).toEqual(['constructor (Odd)']);
  });

  test('unknown properties are named, nested and in lists, all at once', () => {
    const table = { KeySchema: [{ AttributeName: 'recipient', KeyType: 'HASH', Order: 1 }] };
    const resources = {
      ...queue({ FifoQueue: true, RedrivePolicy: { maxReceiveCount: 1, extra: 1 } }),
      Events: { Type: 'AWS::DynamoDB::Table', Properties: table },
    };
    expect(unknownParts(resources)).toEqual([
      'AWS::SQS::Queue.FifoQueue (DeliveryQueue)',
      'AWS::SQS::Queue.RedrivePolicy.extra (DeliveryQueue)',
      'AWS::DynamoDB::Table.KeySchema.Order (Events)',
    ]);
  });

  test('an unknown value out of a closed list is named', () => {
    const resources = {
      Route: { Type: 'AWS::ApiGatewayV2::Route', Properties: { RouteKey: 'GET /', AuthorizationType: 'JWT' } },
    };
    expect(unknownParts(resources)).toEqual(['AWS::ApiGatewayV2::Route.AuthorizationType=JWT (Route)']);
  });

  test('a condition on a resource is not ignored', () => {
    const resources = { Queue: { Type: 'AWS::SQS::Queue', Condition: 'Sometimes' } };
    expect(unknownParts(resources)).toEqual(['AWS::SQS::Queue.Condition (Queue)']);
  });
});

describe('references', () => {
  const resources = {
    DeliveryQueue: { Type: 'AWS::SQS::Queue' },
    Events: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 'quell-events' } },
    WebhookApi: { Type: 'AWS::ApiGatewayV2::Api' },
  };
  const places = localPlaces(resources, { sqs: 'http://127.0.0.1:9', api: 'http://127.0.0.1:8' });
  const local = (value: unknown) => resolve(value, places);

  test('become local values', () => {
    expect(local({ Ref: 'DeliveryQueue' })).toBe('http://127.0.0.1:9/000000000000/DeliveryQueue');
    expect(local({ 'Fn::GetAtt': ['Events', 'Arn'] })).toBe(
      'arn:aws:dynamodb:us-east-1:000000000000:table/quell-events',
    );
    expect(local([{ 'Fn::GetAtt': 'WebhookApi.ApiEndpoint' }])).toEqual(['http://127.0.0.1:8']);
    const text = ['a', 'AWS::Region', '!b'].map((name) => `\${${name}}`).join('/');
    expect(local({ 'Fn::Sub': [text, { a: { Ref: 'Events' } }] })).toBe(`quell-events/us-east-1/\${b}`);
    expect(local({ 'Fn::Join': ['-', ['a', { 'Fn::Select': [1, { 'Fn::Split': [':', 'x:y'] }] }]] })).toBe('a-y');
    expect(local({ kept: 1, dropped: { Ref: 'AWS::NoValue' } })).toEqual({ kept: 1 });
  });

  test('to what is not here are named', () => {
    expect(() => local({ Ref: 'Nowhere' })).toThrow('Nowhere');
    expect(() => local({ 'Fn::GetAtt': ['Events', 'Colour'] })).toThrow('Events.Colour');
    expect(() => local({ 'Fn::ImportValue': 'x' })).toThrow('Fn::ImportValue');
  });
});
