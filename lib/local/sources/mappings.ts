import { queuesOf, visibilitySeconds } from '../emulators/queue.ts';
import { LocalError } from '../error.ts';
import { isSame, type Lambda } from '../functions/lambdas.ts';
import type { StackView } from '../template/stack-view.ts';
import type { PollerSpec } from './poller.ts';
import type { StreamSpec } from './stream.ts';
import type { Pattern } from './stream-filter.ts';

interface MappingProperties {
  readonly EventSourceArn: string;
  readonly FunctionName: string;
  readonly BatchSize?: number;
  readonly MaximumBatchingWindowInSeconds?: number;
  readonly FunctionResponseTypes?: readonly string[];
  readonly ScalingConfig?: { readonly MaximumConcurrency?: number };
  readonly FilterCriteria?: { readonly Filters?: readonly { readonly Pattern?: string }[] };
  readonly Enabled?: boolean;
}

const isStream = (eventSourceArn: string): boolean => /:dynamodb:.*\/stream\//.test(eventSourceArn);

/** Every table's stream that feeds a function of the template. */
export function streamsOf(
  stack: StackView,
  lambdas: readonly Lambda[],
): readonly (StreamSpec & { functionArn: string })[] {
  const tables = stack.ofType('AWS::DynamoDB::Table');
  return stack.ofType<MappingProperties>('AWS::Lambda::EventSourceMapping').flatMap(({ id, properties }) => {
    const { EventSourceArn: streamArn, FunctionName: name, BatchSize = 100, FilterCriteria, Enabled } = properties;
    if (!isStream(streamArn) || Enabled === false) return [];
    const table = tables.find(({ place }) => place.attributes.StreamArn === streamArn)?.place.ref;
    const functionArn = lambdas.find(({ arn }) => isSame(name, arn))?.arn;
    if (!table || !functionArn)
      throw new LocalError(`the event source ${id} joins no table and function of the template`);
    const filters = (FilterCriteria?.Filters ?? []).map(({ Pattern: text = '{}' }) => JSON.parse(text) as Pattern);
    return { table, streamArn, batchSize: BatchSize, filters, functionArn };
  });
}

/** Every queue that is an event source of the template, with the function it feeds. */
export function pollersOf(
  stack: StackView,
  lambdas: readonly Lambda[],
  timeScale: number,
): readonly (PollerSpec & { lambda: Lambda; queueId: string })[] {
  const queues = queuesOf(stack);
  return stack.ofType<MappingProperties>('AWS::Lambda::EventSourceMapping').flatMap(({ id, properties }) => {
    if (isStream(properties.EventSourceArn)) return [];
    const queue = queues.find(({ place }) => place.attributes.Arn === properties.EventSourceArn);
    const lambda = lambdas.find(({ arn }) => isSame(properties.FunctionName, arn));
    if (!queue || !lambda) throw new LocalError(`the event source ${id} joins no queue and function of the template`);
    if (properties.Enabled === false) return [];
    return {
      lambda,
      queueId: queue.id,
      queueUrl: queue.place.ref,
      queueArn: properties.EventSourceArn,
      batchSize: properties.BatchSize ?? 10,
      windowSeconds: (properties.MaximumBatchingWindowInSeconds ?? 0) * timeScale,
      concurrency: properties.ScalingConfig?.MaximumConcurrency ?? lambda.setup.environments,
      visibilitySeconds: visibilitySeconds(queue.properties, timeScale),
      partialFailures: properties.FunctionResponseTypes?.includes('ReportBatchItemFailures') ?? false,
    };
  });
}
