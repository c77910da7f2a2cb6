/** What each function is, is told and is made after. */

import { MEMORY_MB } from '../../../bench/run/subject.ts';
import { ENV, type FunctionName } from '../../../lambda/contract/env.ts';
import { namespaceOf } from '../../../lambda/contract/metrics.ts';
import { FUNCTION_OUTPUTS } from '../../../lambda/contract/outputs.ts';
import { show } from '../template.ts';
import {
  functionOf,
  functionsOf,
  hasFeeds,
  idOf,
  type Rule,
  same,
  sameSet,
  sesTopicsOf,
  shown,
  type View,
} from './view.ts';

/** Seconds: within what its caller waits for; as long as one batch may take; a round of the heartbeat; as long as Lambda lets; a widget. */
const SECONDS: Record<FunctionName, number> = {
  receive: 10,
  process: 30,
  publish: 30,
  pulse: 30,
  reconcile: 900,
  console: 45,
};

const NONE = 'none';

/** What stands behind a variable, by its name alone: the same in every function. */
export function told(view: View): Record<string, string> {
  const { settings, outputs } = view;
  const { made } = sesTopicsOf(view);
  const archive = settings.archive !== false;
  return {
    METRICS_NAMESPACE: namespaceOf(settings.stage),
    DELIVERY_QUEUE_URL: 'DeliveryQueue',
    DEAD_LETTER_QUEUE_URL: 'DeadLetterQueue',
    ACTS_QUEUE_ARN: 'ActsQueue.Arn',
    FEEDS_QUEUE_ARN: hasFeeds(view) ? 'FeedsQueue.Arn' : NONE,
    UNARCHIVED_QUEUE_URL: archive ? 'UnarchivedQueue' : NONE,
    UNARCHIVED_QUEUE_ARN: archive ? 'UnarchivedQueue.Arn' : NONE,
    UNPUBLISHED_QUEUE_URL: 'UnpublishedQueue',
    SECRET_ARN: 'WebhookSecrets',
    OWN_KEYS_ARN: 'OwnKeys',
    UNSUBSCRIBE_KEYS_ARN: settings.unsubscribe ? 'UnsubscribeKeys' : NONE,
    API_KEYS_ARN: 'ApiKeys',
    EVENTS_TABLE: show(outputs.EventsTableName?.Value),
    SUPPRESSION_TABLE: show(outputs.SuppressionTableName?.Value),
    EVENT_BUS: idOf(view, 'AWS::Events::EventBus'),
    PUBLIC_URL: settings.customDomain ? `https://${settings.customDomain.name}` : 'WebhookApi.ApiEndpoint',
    TOPIC_ARNS: JSON.stringify(Object.fromEntries(made.map(({ source, id }) => [source, id]))),
  };
}

/** What the console is told it is told by the names and the values of the outputs. */
function* toldOutputs(text: string, { outputs }: View): Generator<string> {
  for (const [name, value] of Object.entries(JSON.parse(text) as Record<string, string>))
    yield* same(`the console's ${name}`, value, show(outputs[name]?.Value));
}

export const functions: Rule = function* (view) {
  const known = told(view);
  const ids = functionsOf(view).map((name) => functionOf(view, name)[0]);
  yield* sameSet(
    'the functions',
    view.ofType('AWS::Lambda::Function').map(([id]) => id),
    ids,
  );
  for (const name of functionsOf(view)) {
    const [id, { Code: _, Environment, ...properties }] = functionOf(view, name);
    const role = show(properties.Role).replace('.Arn', '');
    const group = show((properties.LoggingConfig as { LogGroup?: unknown } | undefined)?.LogGroup);
    yield* same(name, properties, {
      Architectures: ['arm64'],
      Handler: 'index.handler',
      LoggingConfig: { ApplicationLogLevel: 'INFO', LogFormat: 'JSON', LogGroup: group, SystemLogLevel: 'WARN' },
      MemorySize: MEMORY_MB,
      Role: `${role}.Arn`,
      Runtime: 'nodejs24.x',
      Timeout: SECONDS[name],
    });
    const { Variables: variables = {} } = (Environment ?? {}) as { Variables?: Record<string, unknown> };
    yield* sameSet(`the variables of ${name}`, Object.keys(variables), Object.keys(ENV[name]));
    for (const [variable, value] of Object.entries(variables))
      if (variable === 'STACK_OUTPUTS') yield* toldOutputs(show(value), view);
      else yield* same(`${name}'s ${variable}`, value, known[variable]);
    // A function without its rights fails its first calls.
    const policies = view
      .ofType('AWS::IAM::Policy')
      .filter(([, one]) => show((one.Properties.Roles as unknown[])?.[0]) === role);
    yield* sameSet(`what ${name} waits for`, view.resources[id]?.DependsOn ?? [], [
      role,
      ...policies.map(([one]) => one),
    ]);
    yield* same(`${name}'s output`, view.outputs[FUNCTION_OUTPUTS[name]]?.Value, id);
  }
};

/** Each function and the API have a log group of their own, which goes with the stack. */
export const logGroups: Rule = function* (view) {
  const { stage, retention, accessLog } = view.settings;
  const groups = view.ofType('AWS::Logs::LogGroup');
  yield* sameSet(
    'the log groups',
    groups.map(([, { Properties }]) => Properties.LogGroupName),
    [
      ...functionsOf(view).map((name) => `/quell-${stage}/${name}`),
      ...(accessLog ? [`/aws/vendedlogs/quell-${stage}/access`] : []),
    ],
  );
  for (const [id, group] of groups) {
    yield* same(id, shown(group.Properties.RetentionInDays), retention.logsDays);
    yield* same(id, [group.DeletionPolicy, group.UpdateReplacePolicy], ['Delete', 'Delete']);
  }
};
