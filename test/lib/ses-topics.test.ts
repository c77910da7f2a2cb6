import { describe, expect, test } from '@jest/globals';
import { VARIANTS } from '../support/stack/settings.ts';
import { show, synthesize } from '../support/template.ts';

const { ofType, first, outputs, resources } = synthesize(VARIANTS.everything);
const ofSes = (type: string) => ofType(type).filter(([id]) => id.startsWith('SesTopics'));
const [[topicId, topic] = ['', undefined]] = ofSes('AWS::SNS::Topic');
const [[, subscription] = []] = ofSes('AWS::SNS::Subscription');

describe('a source that asks for its own SES topic', () => {
  test('gets one, signed with SHA-256, that SES of this account may publish to over TLS', () => {
    expect(topic?.Properties).toMatchObject({ TopicName: 'quell-test_ses-main', SignatureVersion: '2' });
    const { PolicyDocument } = first<{ PolicyDocument: { Statement: Record<string, unknown>[] } }>(
      'AWS::SNS::TopicPolicy',
      'SesTopics',
    );
    const { Statement } = PolicyDocument;
    expect(Statement.map(({ Effect, Principal, Condition }) => ({ Effect, Principal, Condition }))).toEqual([
      { Effect: 'Deny', Principal: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
      {
        Effect: 'Allow',
        Principal: { Service: 'ses.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      },
    ]);
  });

  test("has the source's URL subscribed in the SNS envelope, whose signature is the proof", () => {
    expect(subscription?.Properties).toMatchObject({ Protocol: 'https', RawMessageDelivery: false });
    // By the API's own address: the custom domain may not resolve yet when SNS asks, and it asks once.
    expect(show(subscription?.Properties.Endpoint)).toBe('WebhookApi.ApiEndpoint/webhooks/v1/ses-main');
  });

  test('is subscribed only when everything stands that confirms the subscription', () => {
    const types = new Set(subscription?.DependsOn?.map((id) => resources[id]?.Type));
    expect([...types]).toEqual(
      expect.arrayContaining([
        'AWS::ApiGatewayV2::Route',
        'AWS::ApiGatewayV2::Stage',
        'AWS::Lambda::Permission',
        'AWS::Lambda::EventSourceMapping',
        'AWS::Route53::RecordSet',
      ]),
    );
  });

  test('retries for as long as SNS allows, then keeps the notification', () => {
    const { DeliveryPolicy, RedrivePolicy } = first<{
      DeliveryPolicy: { healthyRetryPolicy: Record<string, number> };
      RedrivePolicy: { deadLetterTargetArn: unknown };
    }>('AWS::SNS::Subscription', 'SesTopics');
    const { numRetries = 0, minDelayTarget = 0, maxDelayTarget = 0 } = DeliveryPolicy.healthyRetryPolicy;
    expect(numRetries).toBeLessThanOrEqual(100);
    expect((numRetries * (minDelayTarget + maxDelayTarget)) / 2).toBeLessThanOrEqual(3600);
    expect(resources[show(RedrivePolicy.deadLetterTargetArn).replace('.Arn', '')]?.Type).toBe('AWS::SQS::Queue');
  });

  test('tells receive its ARN, which only the deployment knows', () => {
    const { Environment } = first<{ Environment: { Variables: Record<string, unknown> } }>(
      'AWS::Lambda::Function',
      'Receive',
    );
    expect(JSON.parse(show(Environment.Variables.TOPIC_ARNS))).toEqual({ 'ses-main': topicId });
  });

  test('prints the commands that make SES publish to it', () => {
    const command = show(outputs.SesCommand1?.Value);
    expect(command).toContain('aws sesv2 create-configuration-set-event-destination');
    expect(command).toContain(`--notification-type Bounce --sns-topic ${topicId}`);
    const destination = JSON.parse(/--event-destination '(.+?)'/.exec(command)?.[1] ?? '{}');
    expect(destination).toMatchObject({ Enabled: true, SnsDestination: { TopicArn: topicId } });
  });
});

test('a stack without SES sources has no such topic and tells receive so', () => {
  const smallest = synthesize(VARIANTS.smallest);
  expect(smallest.ofType('AWS::SNS::Topic')).toHaveLength(2);
  expect(smallest.first('AWS::Lambda::Function', 'Receive')).toMatchObject({
    Environment: { Variables: { TOPIC_ARNS: '{}' } },
  });
});
