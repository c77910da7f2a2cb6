import { CfnOutput, type Stack } from 'aws-cdk-lib';
import { OUTPUTS, type OutputName, type Outputs } from '../../../lambda/contract/outputs.ts';
import { stagePolicy } from '../../settings/runtime-config.ts';
import type { Settings } from '../../settings/schema.ts';
import type { Processor } from '../delivery/processor.ts';
import type { DeliveryQueues } from '../delivery/queue.ts';
import type { Archive } from '../feeds/archive.ts';
import type { Bus } from '../feeds/bus.ts';
import type { Ingress } from '../ingress/ingress.ts';
import type { SesTopics } from '../ses/topics.ts';
import type { Secrets } from '../storage/secrets.ts';
import type { Storage } from '../storage/tables.ts';
import type { Alarms } from '../watch/alarms/alarms.ts';
import type { ConsoleFunction } from '../watch/console.ts';
import type { Pulse } from '../watch/pulse.ts';
import type { Reconcile } from '../watch/reconcile.ts';

/** An output that a stack without this part has all the same, so that its absence is distinct from an older version. */
const NONE = 'none';

interface Parts {
  readonly settings: Settings;
  readonly storage: Storage;
  readonly secrets: Secrets;
  readonly delivery: DeliveryQueues;
  readonly sesTopics: SesTopics;
  readonly processor: Processor;
  readonly ingress: Ingress;
  readonly pulse: Pulse;
  readonly reconcile: Reconcile | undefined;
  readonly alarms: Alarms;
  readonly archive: Archive | undefined;
  readonly bus: Bus | undefined;
  readonly console: ConsoleFunction | undefined;
}

/** What people and the ops CLI need to know of a deployed stack. */
export function writeOutputs(stack: Stack, parts: Parts): void {
  const outputs: Outputs = { ...addresses(parts), ...resources(parts), ...feeds(parts), ...console(parts) };
  for (const [name, value] of Object.entries({ ...outputs, ...sesCommands(parts) }))
    new CfnOutput(stack, name, { value, ...describedBy(name) });
}

/** The list of outputs explains itself, in the console of CloudFormation and after a deploy. */
const describedBy = (name: string): { description?: string } =>
  name in OUTPUTS ? { description: OUTPUTS[name as OutputName] } : {};

const addresses = ({ settings, ingress }: Pick<Parts, 'settings' | 'ingress'>) => ({
  ApiUrl: ingress.publicUrl,
  // Beside a domain of the team's own: SES topics are subscribed at this one.
  ApiEndpoint: ingress.api.apiEndpoint,
  WebhookUrl: ingress.webhookUrl('{source}'),
  Sources: JSON.stringify(Object.fromEntries(Object.entries(settings.sources).map(([name, s]) => [name, s.provider]))),
  SilenceWindows: JSON.stringify(
    Object.fromEntries(Object.entries(settings.sources).map(([name, { expectEvery }]) => [name, expectEvery])),
  ),
  Policy: JSON.stringify(stagePolicy(settings)),
  // For a DNS record that is kept elsewhere.
  ...(ingress.customDomain && { CustomDomainTarget: ingress.customDomain.domain.regionalDomainName }),
});

const resources = ({
  storage,
  secrets,
  delivery,
  processor,
  ingress,
  pulse,
  reconcile,
  alarms,
}: Omit<Parts, 'console'>) => ({
  DeliveryQueueUrl: delivery.queue.queueUrl,
  DeliveryQueueArn: delivery.queue.queueArn,
  ActsQueueUrl: delivery.acts.queueUrl,
  ActsQueueArn: delivery.acts.queueArn,
  FeedsQueueUrl: delivery.feeds?.queueUrl ?? NONE,
  DeadLetterQueueUrl: delivery.deadLetters.queueUrl,
  DeadLetterQueueArn: delivery.deadLetters.queueArn,
  EventsTableName: storage.events.tableName,
  EventsTableArn: storage.events.tableArn,
  SuppressionTableName: storage.suppression.tableName,
  SuppressionTableArn: storage.suppression.tableArn,
  SecretArn: secrets.webhooks.arn,
  OwnKeysArn: secrets.ownKeys.arn,
  ...(secrets.unsubscribeKeys && { UnsubscribeKeysArn: secrets.unsubscribeKeys.arn }),
  ...(secrets.apiKeys && { ApiKeysArn: secrets.apiKeys.arn }),
  ...(reconcile && { ReconcileFunctionName: reconcile.reconcile.function.functionName }),
  ReceiveFunctionName: ingress.receive.function.functionName,
  ProcessFunctionName: processor.process.function.functionName,
  DeliveriesMappingId: processor.mappings.deliveries.eventSourceMappingId,
  ActsMappingId: processor.mappings.acts.eventSourceMappingId,
  FeedsMappingId: processor.mappings.feeds?.eventSourceMappingId ?? NONE,
  PulseFunctionName: pulse.pulse.function.functionName,
  PageTopicArn: alarms.desk.topics.page.topicArn,
  TicketTopicArn: alarms.desk.topics.ticket.topicArn,
});

const feeds = ({ archive, bus }: Pick<Parts, 'archive' | 'bus'>) => ({
  ...(archive && { ArchiveBucketName: archive.bucket.bucketName, ArchiveStreamName: archive.streamName }),
  ...(bus && {
    EventBusName: bus.bus.eventBusName,
    EventBusArn: bus.bus.eventBusArn,
    PublishFunctionName: bus.publish.function.functionName,
    UnpublishedQueueUrl: bus.unpublished.queueUrl,
  }),
});

const console = ({ console: one }: Parts) => (one ? { ConsoleFunctionName: one.console.function.functionName } : {});

/** What the console reads of them: a function's variables hold 4 KB, so that all of them would not always fit. */
export function consoleOutputs(parts: Omit<Parts, 'console'>): Partial<Outputs> {
  const { ApiUrl } = addresses(parts);
  const { ArchiveBucketName } = feeds(parts);
  const { PageTopicArn: _page, TicketTopicArn: _ticket, ...names } = resources(parts);
  const kept = Object.entries(names).filter(
    ([name]) => !/^(SecretArn|OwnKeysArn)$/.test(name) && !/(Queue|Table)Arn$/.test(name),
  );
  return { ApiUrl, ...Object.fromEntries(kept), ...(ArchiveBucketName !== undefined && { ArchiveBucketName }) };
}

/** Numbered, because a source's name is no name for an output. */
const sesCommands = ({ sesTopics }: Parts) =>
  Object.fromEntries(sesTopics.made.map((topic, index) => [`SesCommand${index + 1}`, topic.sesCommands()]));
