import { ListSubscriptionsByTopicCommand, type Subscription } from '@aws-sdk/client-sns';
import { webhookPath } from '../../../../../lambda/contract/paths.ts';
import type { SourceName, Target } from '../../../target/target.ts';
import { optionsOf, providerOf } from '../../../words/provider.ts';
import { type Finding, fault, ok } from '../finding.ts';

const PENDING = 'PendingConfirmation';

/** Would anybody hear an alarm? */
export async function examineAlarmTopic(target: Target, severity: 'page' | 'ticket'): Promise<Finding> {
  const arn = target.names.output(severity === 'page' ? 'PageTopicArn' : 'TicketTopicArn');
  const all = await subscriptions(target, arn);
  const about = `${severity} alarms`;
  if (all.length === 0) {
    return fault(
      'alarms-unheard',
      about,
      'nobody is subscribed.',
      'alarmEmails in the settings, or a subscription of your own',
    );
  }
  const pending = all.filter(({ SubscriptionArn }) => SubscriptionArn === PENDING);
  if (pending.length > 0) {
    const fix = 'open the mail from AWS Notifications and confirm; it ends after 3 days, then deploy again';
    return fault('alarms-pending', about, `${pending.length} of ${all.length} subscriptions are not confirmed.`, fix);
  }
  return ok('alarms', about, `subscriptions: ${all.length}`);
}

/** Do the SNS topics of a source reach its webhook? */
export async function examineTopics(target: Target, name: string, source: SourceName): Promise<Finding[]> {
  // The stack subscribes by the API's own address; people may have subscribed the public one.
  const urls = [source.url, target.names.output('ApiEndpoint') + webhookPath(name)];
  return Promise.all(
    topicsOf(target, name, source).map(async (arn) => {
      const about = `${name}, topic ${arn.split(':').at(-1)}`;
      const all = await subscriptions(target, arn);
      const own = all.filter(({ Endpoint, Protocol }) => urls.includes(Endpoint ?? '') || Protocol === 'sqs');
      if (own.length === 0) {
        return fault(
          'subscription-missing',
          about,
          'it has no subscription to this stack.',
          `subscribe ${source.url} (https) to it`,
        );
      }
      if (own.every(({ SubscriptionArn }) => SubscriptionArn === PENDING)) {
        const fix =
          'SNS console: request confirmation again; process confirms it. If it stays so: ops dlq list --source';
        return fault(
          'subscription-pending',
          about,
          'the subscription is not confirmed: SNS delivers nothing.',
          `${fix} ${name}`,
        );
      }
      return ok('subscription', about, 'confirmed');
    }),
  );
}

/** Topics that the settings name, and the one that the stack makes. */
function topicsOf(target: Target, name: string, { provider, options }: SourceName): string[] {
  const known = providerOf(provider);
  const topics = known.topics?.(optionsOf(known, options));
  if (!topics?.inAws) return [];
  const beside = target.names.output('PageTopicArn').split(':').slice(0, -1).join(':');
  return [...topics.named, ...(topics.make ? [`${beside}:${target.label}-${name}`] : [])];
}

async function subscriptions(target: Target, TopicArn: string): Promise<Subscription[]> {
  const client = await target.clients.sns();
  const all: Subscription[] = [];
  let NextToken: string | undefined;
  do {
    const answer = await client.send(new ListSubscriptionsByTopicCommand({ TopicArn, NextToken }));
    all.push(...(answer.Subscriptions ?? []));
    NextToken = answer.NextToken;
  } while (NextToken !== undefined);
  return all;
}
