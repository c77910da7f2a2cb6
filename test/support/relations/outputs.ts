/** What the stack says of itself leads to the part that its name means. */

import { archiveStreamName } from '../../../lambda/contract/archive.ts';
import type { OutputName } from '../../../lambda/contract/outputs.ts';
import { QUERIES } from '../../../lib/constructs/watch/queries/queries.ts';
import { show } from '../template.ts';
import { functionOf, functionsOf, hasFeeds, idOf, type Rule, same, sameSet, type View } from './view.ts';

const NONE = 'none';

function expected(view: View): Partial<Record<OutputName, string>> {
  const { settings } = view;
  const { stage, sources, archive, publish, unsubscribe, reconcile, customDomain } = settings;
  const url = customDomain ? `https://${customDomain.name}` : 'WebhookApi.ApiEndpoint';
  const bus = idOf(view, 'AWS::Events::EventBus');
  const topic = (severity: string): string => idOf(view, 'AWS::SNS::Topic', `AlarmsDeskTopics${severity}`);
  return {
    ApiUrl: url,
    ApiEndpoint: 'WebhookApi.ApiEndpoint',
    WebhookUrl: `${url}/webhooks/v1/{source}`,
    Sources: JSON.stringify(
      Object.fromEntries(Object.entries(sources).map(([name, { provider }]) => [name, provider])),
    ),
    SilenceWindows: JSON.stringify(
      Object.fromEntries(Object.entries(sources).map(([name, { expectEvery }]) => [name, expectEvery])),
    ),
    DeliveryQueueUrl: 'DeliveryQueue',
    DeliveryQueueArn: 'DeliveryQueue.Arn',
    ActsQueueUrl: 'ActsQueue',
    ActsQueueArn: 'ActsQueue.Arn',
    FeedsQueueUrl: hasFeeds(view) ? 'FeedsQueue' : NONE,
    DeadLetterQueueUrl: 'DeadLetterQueue',
    DeadLetterQueueArn: 'DeadLetterQueue.Arn',
    SecretArn: 'WebhookSecrets',
    OwnKeysArn: 'OwnKeys',
    PageTopicArn: topic('Page'),
    TicketTopicArn: topic('Ticket'),
    ...(!settings.existingTables.events && { EventsTableName: 'EventsTable', EventsTableArn: 'EventsTable.Arn' }),
    ...(!settings.existingTables.suppression && {
      SuppressionTableName: 'SuppressionTable',
      SuppressionTableArn: 'SuppressionTable.Arn',
    }),
    ...(unsubscribe && { UnsubscribeKeysArn: 'UnsubscribeKeys' }),
    ...(reconcile !== undefined && { ApiKeysArn: 'ApiKeys' }),
    ...(customDomain && {
      CustomDomainTarget: `${idOf(view, 'AWS::ApiGatewayV2::DomainName')}.RegionalDomainName`,
    }),
    ...(archive && { ArchiveBucketName: 'ArchiveBucket', ArchiveStreamName: archiveStreamName(stage) }),
    ...(publish && { EventBusName: bus, EventBusArn: `${bus}.Arn`, UnpublishedQueueUrl: 'UnpublishedQueue' }),
  };
}

export const outputs: Rule = function* (view) {
  for (const [name, value] of Object.entries(expected(view))) yield* same(name, show(view.outputs[name]?.Value), value);
};

/** Names by which others know a part: they are the contract's, or CloudFormation's to make. */
export const names: Rule = function* (view) {
  const { stage } = view.settings;
  for (const [, { Properties }] of view.ofType('AWS::Events::EventBus'))
    yield* same('the bus', Properties, { Name: `quell-${stage}` });
  for (const [, { Properties }] of view.ofType('AWS::CloudWatch::Dashboard'))
    yield* same('the dashboard', Properties.DashboardName, `quell-${stage}`);
  const { dashboard, console } = view.settings;
  yield* same('the dashboards', view.ofType('AWS::CloudWatch::Dashboard').length, dashboard || console ? 1 : 0);
  yield* same('its bus', view.ofType('AWS::Events::EventBus').length, view.settings.publish ? 1 : 0);
};

/** A saved query asks the groups of the functions that it is about, as far as there are such. */
export const queries: Rule = function* (view) {
  const there = functionsOf(view);
  for (const [id, { Properties }] of view.ofType('AWS::Logs::QueryDefinition')) {
    const { of = [], lines } = QUERIES[String(Properties.Name).replace(`quell-${view.settings.stage}/`, '')] ?? {};
    yield* same(`what ${id} asks`, Properties.QueryString, lines?.join('\n'));
    const groups = of
      .filter((name) => there.includes(name))
      .map((name) => {
        const [, { LoggingConfig }] = functionOf(view, name);
        return show((LoggingConfig as { LogGroup?: unknown } | undefined)?.LogGroup);
      });
    yield* sameSet(`where ${id} asks`, ((Properties.LogGroupNames ?? []) as unknown[]).map(show), groups);
  }
};
