/** Who may put something into a queue, a topic or the bucket; who may call a function. */
import { show } from '../template.ts';
import { functionOf, idOf, type Rule, same, sameSet, type View } from './view.ts';

type Properties = Readonly<Record<string, unknown>>;

const STEADY = { Bool: { 'aws:SecureTransport': 'false' } };
const refuses = (Action: string, Resource: unknown, Principal: unknown, sid?: string) => ({
  Action,
  Condition: STEADY,
  Effect: 'Deny',
  Principal,
  Resource,
  ...(sid && { Sid: sid }),
});
const OWN_ACCOUNT = { StringEquals: { 'aws:SourceAccount': 'AWS::AccountId' } };

/** Rules and topics that bring something to a queue, or leave there what they could not bring. */
function bringers({ ofType }: View, queue: string): { rules: string[]; topics: string[]; undelivered: string[] } {
  const arn = `${queue}.Arn`;
  const rules = ofType('AWS::Events::Rule').filter(([, { Properties }]) =>
    ((Properties.Targets ?? []) as { Arn?: unknown; DeadLetterConfig?: { Arn?: unknown } }[]).some(
      ({ Arn, DeadLetterConfig }) => [show(Arn), show(DeadLetterConfig?.Arn)].includes(arn),
    ),
  );
  const subscriptions = ofType('AWS::SNS::Subscription').map(([, { Properties }]) => Properties);
  const topicsOf = (found: readonly Properties[]): string[] => [
    ...new Set(found.map(({ TopicArn }) => show(TopicArn))),
  ];
  return {
    rules: rules.map(([id]) => `${id}.Arn`),
    topics: topicsOf(subscriptions.filter(({ Endpoint }) => show(Endpoint) === arn)),
    undelivered: topicsOf(
      subscriptions.filter(
        ({ RedrivePolicy }) =>
          show((RedrivePolicy as { deadLetterTargetArn?: unknown } | undefined)?.deadLetterTargetArn) === arn,
      ),
    ),
  };
}

/** Each queue has one policy: over TLS only, and for what brings something by a service of AWS, by name. */
export const queuePolicies: Rule = function* (view) {
  const policies = view.ofType('AWS::SQS::QueuePolicy').map(([, { Properties }]) => Properties);
  const queues = view.ofType('AWS::SQS::Queue').map(([id]) => id);
  yield* sameSet(
    'queues with a policy',
    policies.flatMap(({ Queues }) => (Queues as unknown[]).map(show)),
    queues,
  );
  for (const queue of queues) {
    const { PolicyDocument } = policies.find(({ Queues }) => show((Queues as unknown[])[0]) === queue) ?? {};
    const { rules, topics, undelivered } = bringers(view, queue);
    const allowed = (Service: string, sources: unknown) => ({
      Action: 'sqs:SendMessage',
      Condition: { ArnEquals: { 'aws:SourceArn': sources } },
      Effect: 'Allow',
      Principal: { Service },
      Resource: `${queue}.Arn`,
    });
    yield* same(`the policy of ${queue}`, (PolicyDocument as Properties | undefined)?.Statement, [
      refuses('sqs:*', `${queue}.Arn`, { AWS: '*' }),
      ...(rules.length > 0 ? [allowed('events.amazonaws.com', rules)] : []),
      ...(topics.length > 0 ? [allowed('sns.amazonaws.com', topics)] : []),
      ...undelivered.map((topic) => allowed('sns.amazonaws.com', topic)),
    ]);
  }
};

/** Alarms may publish to their topics and SES to its own, both of this account only. */
export const topicPolicies: Rule = function* (view) {
  const topics = view.ofType('AWS::SNS::Topic');
  const policies = view.ofType('AWS::SNS::TopicPolicy').map(([, { Properties }]) => Properties);
  yield* sameSet(
    'topics with a policy',
    policies.flatMap(({ Topics }) => (Topics as unknown[]).map(show)),
    topics.map(([id]) => id),
  );
  for (const [id, { Properties }] of topics) {
    const ofAlarms = id.startsWith('Alarms');
    const { TopicName: _, ...rest } = Properties;
    // SHA-256; and no key of KMS, which CloudWatch and SES could not use.
    yield* same(id, rest, { SignatureVersion: '2' });
    const policy = policies.find(({ Topics }) => show((Topics as unknown[])[0]) === id)?.PolicyDocument as
      | { Statement: Properties[] }
      | undefined;
    yield* same(`the policy of ${id}`, policy?.Statement, [
      refuses('sns:Publish', id, '*', 'AllowPublishThroughSSLOnly'),
      {
        Action: 'sns:Publish',
        Condition: OWN_ACCOUNT,
        Effect: 'Allow',
        Principal: { Service: ofAlarms ? 'cloudwatch.amazonaws.com' : 'ses.amazonaws.com' },
        Resource: id,
        Sid: ofAlarms ? 'AllowAlarmsOfThisAccount' : 'AllowSesOfThisAccount',
      },
    ]);
  }
};

export const bucketPolicy: Rule = function* (view) {
  const bucket = idOf(view, 'AWS::S3::Bucket');
  const policies = view.ofType('AWS::S3::BucketPolicy').map(([, { Properties }]) => Properties);
  yield* same(
    'the policy of the bucket',
    policies.map(({ Bucket, PolicyDocument }) => [Bucket, (PolicyDocument as Properties).Statement]),
    bucket ? [[bucket, [refuses('s3:*', [`${bucket}.Arn`, `${bucket}.Arn/*`], { AWS: '*' })]]] : [],
  );
};

/** A function is called by what has it as a target, and by nothing else. */
export const calls: Rule = function* (view) {
  const { ofType, settings } = view;
  const topics = ofType('AWS::SNS::Topic').filter(([id]) => id.startsWith('Alarms'));
  const chats = (settings.alarmTargets ?? []).filter((target) => target.startsWith('arn:'));
  const scheduled = ofType('AWS::Events::Rule').filter(
    ([, { Properties }]) => Properties.ScheduleExpression !== undefined,
  );
  yield* sameSet(
    'who may call a function',
    ofType('AWS::Lambda::Permission').map(
      ([
        ,
        {
          Properties: { Action, FunctionName, Principal, SourceArn },
        },
      ]) => [Action, show(FunctionName), Principal, show(SourceArn)].join(' '),
    ),
    [
      `lambda:InvokeFunction ${functionOf(view, 'receive')[0]}.Arn apigateway.amazonaws.com arn:AWS::Partition:execute-api:AWS::Region:AWS::AccountId:WebhookApi/*/*/*`,
      ...scheduled.map(
        ([id, { Properties }]) =>
          `lambda:InvokeFunction ${show((Properties.Targets as { Arn?: unknown }[] | undefined)?.[0]?.Arn)} events.amazonaws.com ${id}.Arn`,
      ),
      ...chats.flatMap((chat) => topics.map(([id]) => `lambda:InvokeFunction ${chat} sns.amazonaws.com ${id}`)),
    ],
  );
};
