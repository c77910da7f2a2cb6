import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import type { BusEntry } from '../../aws/eventbridge.ts';
import { DETAIL_TYPES } from '../../contract/bus.ts';
import { SURGES } from '../../contract/surges.ts';
import { EVENTS } from '../../contract/tables.ts';
import { type Item, publishedEvent, suppressionChange } from '../../domain/suppression/change.ts';
import type { Surge } from '../../domain/surges/surge.ts';

/** What one change of a table is on the bus; undefined where it is not published. The key tells the tables apart. */
export function busEntry({ dynamodb }: DynamoDBRecord, types: ReadonlySet<string>): BusEntry | undefined {
  const after = itemOf(dynamodb?.NewImage);
  if (!after) return undefined;
  if (EVENTS.sortKey in (dynamodb?.Keys ?? {})) {
    if (SURGES.surge in after) return { detailType: DETAIL_TYPES.clicksSurging, detail: after[SURGES.surge] as Surge };
    const detail = publishedEvent(after);
    return detail && types.has(detail.type) ? { detailType: DETAIL_TYPES.emailEvent, detail } : undefined;
  }
  const detail = suppressionChange(itemOf(dynamodb?.OldImage), after);
  return detail && { detailType: DETAIL_TYPES.suppressionChanged, detail };
}

const itemOf = (image: NonNullable<DynamoDBRecord['dynamodb']>['NewImage']): Item | undefined =>
  image && unmarshall(image as Record<string, AttributeValue>);
