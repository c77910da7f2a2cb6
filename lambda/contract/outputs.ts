import type { FunctionName } from './env.ts';

/** The stack of a stage. Most names of what is in it begin so. */
export const stackName = (stage: string): string => `quell-${stage}`;

/**
 * What a deployed stack says of itself: the outputs of its template, with what each holds. The stack must write exactly these (a type
 * holds it to that); commands and people read them.
 */
const ALWAYS = {
  ApiUrl: 'base URL that ESPs are given',
  ApiEndpoint: "the API's own base URL, which stays whatever the settings say",
  WebhookUrl: 'URL of a source, with {source} in place of its name',
  Sources: 'JSON map from source to its provider',
  SilenceWindows: 'JSON map from source to the minutes within which an event of it is expected, false = none is',
  Policy:
    'JSON: how long evidence suppresses, for all sources and for some, the thresholds of the rates, how long acts are kept',
  DeliveryQueueUrl: 'URL of the delivery queue',
  DeliveryQueueArn: 'its ARN',
  ActsQueueUrl: 'URL of the queue for what operators do',
  ActsQueueArn: 'its ARN',
  FeedsQueueUrl: 'URL of the queue that SNS topics and EventBridge rules write to; none where there is none',
  DeadLetterQueueUrl: 'URL of the dead-letter queue',
  DeadLetterQueueArn: 'its ARN',
  EventsTableName: 'name of the events table',
  EventsTableArn: 'its ARN',
  SuppressionTableName: 'name of the suppression table',
  SuppressionTableArn: 'its ARN',
  SecretArn: 'ARN of the secret that maps a source to its live values',
  OwnKeysArn: "ARN of the secret with the stack's own keys",
  ReceiveFunctionName: 'name of the function',
  ProcessFunctionName: 'name of the function',
  DeliveriesMappingId: 'id of the event source mapping that hands the delivery queue to process',
  ActsMappingId: 'the same for the acts queue',
  FeedsMappingId: 'the same for the feeds queue; none where there is none',
  PulseFunctionName: 'name of the function',
  PageTopicArn: 'ARN of the topic for alarms that wake somebody',
  TicketTopicArn: 'ARN of the topic for alarms that can wait for the morning',
} as const;

/** Written where the settings ask for the part. */
const SOMETIMES = {
  UnsubscribeKeysArn: 'ARN of the secret with the keys of unsubscribe links',
  ApiKeysArn: "ARN of the secret with the ESPs' API keys",
  ReconcileFunctionName: 'name of the function',
  CustomDomainTarget: 'where the DNS record of the custom domain points',
  ArchiveBucketName: 'name of the bucket that holds raw events',
  ArchiveStreamName: 'name of the delivery stream that fills it',
  EventBusName: 'name of the event bus',
  EventBusArn: 'its ARN',
  PublishFunctionName: 'name of the function',
  UnpublishedQueueUrl: 'URL of the queue for changes that cannot be published',
  ConsoleFunctionName: 'name of the function behind the widget of the dashboard',
} as const;

export const OUTPUTS = { ...ALWAYS, ...SOMETIMES } as const;
export type OutputName = keyof typeof OUTPUTS;
export type Outputs = Readonly<Record<keyof typeof ALWAYS, string> & Partial<Record<keyof typeof SOMETIMES, string>>>;

/** Which output names a function. */
export const FUNCTION_OUTPUTS = {
  receive: 'ReceiveFunctionName',
  process: 'ProcessFunctionName',
  pulse: 'PulseFunctionName',
  publish: 'PublishFunctionName',
  reconcile: 'ReconcileFunctionName',
  console: 'ConsoleFunctionName',
} as const satisfies Record<FunctionName, OutputName>;
