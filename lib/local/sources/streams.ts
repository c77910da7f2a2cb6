import { LocalError } from '../error.ts';
import type { Lambda } from '../functions/lambdas.ts';
import type { StackView } from '../template/stack-view.ts';
import type { StreamSpec } from './stream.ts';
import type { Pattern } from './stream-filter.ts';

interface MappingProperties {
  readonly EventSourceArn: string;
  readonly FunctionName: string;
  readonly BatchSize?: number;
  readonly FilterCriteria?: { readonly Filters?: readonly { readonly Pattern?: string }[] };
  readonly Enabled?: boolean;
}

export const isStream = (eventSourceArn: string): boolean => /:dynamodb:.*\/stream\//.test(eventSourceArn);

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
    const functionArn = lambdas.find(({ arn }) => arn === name || arn.endsWith(`:function:${name}`))?.arn;
    if (!table || !functionArn)
      throw new LocalError(`the event source ${id} joins no table and function of the template`);
    const filters = (FilterCriteria?.Filters ?? []).map(({ Pattern: text = '{}' }) => JSON.parse(text) as Pattern);
    return { table, streamArn, batchSize: BatchSize, filters, functionArn };
  });
}
