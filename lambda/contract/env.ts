/**
 * What each function is given by the stack. Keys are the environment variables' names, values say what they hold.
 * The stack must fill exactly these (a type and a test hold it to that); handlers read them through {@link readEnv} only.
 */
const COMMON = {
  METRICS_NAMESPACE: "CloudWatch namespace of this stage's metrics",
} as const;

export const ENV = {
  receive: {
    ...COMMON,
    DELIVERY_QUEUE_URL: 'URL of the delivery queue',
    SECRET_ARN: 'ARN of the secret that maps a source to its live values',
    OWN_KEYS_ARN: "ARN of the secret with the stack's own keys, for the heartbeat's",
    UNSUBSCRIBE_KEYS_ARN: 'ARN of the secret with the keys of unsubscribe links; none without that page',
    PUBLIC_URL: 'base URL that ESPs are given, without a trailing slash',
    TOPIC_ARNS: 'JSON map from source to the ARN of the SNS topic the stack made for it; {} where it made none',
  },
  process: {
    ...COMMON,
    EVENTS_TABLE: 'name or ARN of the events table',
    SUPPRESSION_TABLE: 'name or ARN of the suppression table',
    OWN_KEYS_ARN: "ARN of the secret with the stack's own keys, for that of the marks that erased people leave",
    DEAD_LETTER_QUEUE_URL: 'URL of the dead-letter queue',
    ACTS_QUEUE_ARN: 'ARN of the queue for what operators do; from no other queue is an act taken',
    FEEDS_QUEUE_ARN: 'ARN of the queue that SNS topics and EventBridge rules write to; read as their envelopes only',
    UNARCHIVED_QUEUE_URL: 'URL of the queue for archive lines that Firehose did not take; none without an archive',
    UNARCHIVED_QUEUE_ARN: 'its ARN; none without an archive',
    TOPIC_ARNS: 'JSON map from source to the ARN of the SNS topic the stack made for it; {} where it made none',
  },
  pulse: {
    ...COMMON,
    EVENTS_TABLE: 'name or ARN of the events table',
    OWN_KEYS_ARN: "ARN of the secret with the stack's own keys, for the heartbeat's",
    PUBLIC_URL: 'base URL that ESPs are given, without a trailing slash',
  },
  reconcile: {
    ...COMMON,
    EVENTS_TABLE: 'name or ARN of the events table',
    SUPPRESSION_TABLE: 'name or ARN of the suppression table',
    API_KEYS_ARN: "ARN of the secret with the ESPs' API keys",
  },
  publish: {
    ...COMMON,
    EVENT_BUS: 'name of the event bus',
    UNPUBLISHED_QUEUE_URL: 'URL of the queue for changes that cannot be published',
  },
  console: {
    ...COMMON,
    STACK_OUTPUTS: 'JSON map of what the console reads of the outputs of its stack: names, URLs and ids of its parts',
  },
} as const satisfies Record<string, Record<string, string>>;

export type FunctionName = keyof typeof ENV;
/** What every function is given alike. */
export type CommonVariable = keyof typeof COMMON;
export type Environment<F extends FunctionName> = { readonly [K in keyof (typeof ENV)[F]]: string };

/**
 * The variables of one function, all present and not empty.
 * @throws Error naming every missing variable at once and what it should hold.
 */
export function readEnv<F extends FunctionName>(name: F, from: NodeJS.ProcessEnv = process.env): Environment<F> {
  const wanted: Record<string, string> = ENV[name];
  const missing = Object.entries(wanted).filter(([key]) => !from[key]);
  if (missing.length > 0) {
    throw new Error(`${name}: not set: ${missing.map(([key, meaning]) => `${key} (${meaning})`).join(', ')}`);
  }
  return Object.fromEntries(Object.keys(wanted).map((key) => [key, from[key]])) as Environment<F>;
}
