import { type Rule, sameSet, sesTopicsOf, shown } from './view.ts';

/** Who hears the alarms of both topics, and where SES's notifications go; each whole and unfiltered. */
export const subscriptions: Rule = function* (view) {
  const { settings, ofType } = view;
  const all = ofType('AWS::SNS::Subscription').map(([, { Properties }]) => Properties);
  const topics = ofType('AWS::SNS::Topic').map(([id]) => id);
  const heard = [...(settings.alarmEmails ?? []), ...(settings.alarmTargets ?? [])].map((Endpoint) => ({
    Endpoint,
    Protocol: Endpoint.includes('@') ? 'email' : Endpoint.startsWith('arn:') ? 'lambda' : 'https',
  }));
  const undelivered = (source: string): string => {
    const name = source.replace(/\W/g, '');
    const ids = ofType('AWS::SQS::Queue').map(([id]) => id);
    return `${ids.find((id) => id.startsWith(`SesTopics${name}Undelivered`) || id.startsWith(`SesDirect${name}undelivered`))}.Arn`;
  };
  const { made, received } = sesTopicsOf(view);
  const notified = received.flatMap(({ source, via, named }) => {
    const own = made.filter((one) => one.source === source).map(({ id }) => id);
    const common = { RawMessageDelivery: false, RedrivePolicy: { deadLetterTargetArn: undelivered(source) } };
    if (via === 'sns-queue')
      return [...own, ...named].map((TopicArn) => ({
        ...common,
        Endpoint: 'FeedsQueue.Arn',
        Protocol: 'sqs',
        TopicArn,
      }));
    return own.map((TopicArn) => ({
      ...common,
      // An hour in all, as long as SNS tries.
      DeliveryPolicy: {
        healthyRetryPolicy: { minDelayTarget: 20, maxDelayTarget: 120, numRetries: 50, backoffFunction: 'LINEAR' },
      },
      Endpoint: `WebhookApi.ApiEndpoint/webhooks/v1/${source}`,
      Protocol: 'https',
      TopicArn,
    }));
  });
  const text = (one: object): string => JSON.stringify(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)));
  yield* sameSet(
    'the subscriptions',
    all.map((one) => text(shown(one) as object)),
    [
      ...topics
        .filter((id) => id.startsWith('Alarms'))
        .flatMap((TopicArn) => heard.map((one) => ({ ...one, TopicArn }))),
      ...notified,
    ].map(text),
  );
};
