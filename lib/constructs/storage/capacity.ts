import { BillingMode, type Table } from 'aws-cdk-lib/aws-dynamodb';

/** Writes a second. */
interface Capacity {
  readonly min: number;
  readonly max: number;
}

/**
 * What auto scaling aims at, in percent. More than AWS's 70: what is above the capacity waits in the queue and is late, where elsewhere it
 * would be an error.
 */
export const AIM_PERCENT = 80;
/** Reads beside writes: histories of soft bounces, and what people look up. */
const READS_FOR_A_WRITE = 0.1;
/** Of the events of an ordinary mix four in a hundred stand in the index by hour; in a wave of bounces all do. */
const IN_THE_INDEX = 0.1;

const share = ({ min, max }: Capacity, of: number): Capacity => ({ min: Math.ceil(min * of), max });

/** Of an index that holds few of the events. Its most is that of its table: an index that is full throttles its table. */
export const ofIndex = (capacity: Capacity): Capacity => share(capacity, IN_THE_INDEX);

const reads = (capacity: Capacity): Capacity => share(capacity, READS_FOR_A_WRITE);

/** What a table or an index begins with. */
export const provisioned = (capacity: Capacity) => ({
  billingMode: BillingMode.PROVISIONED,
  writeCapacity: capacity.min,
  readCapacity: reads(capacity).min,
});

/** Lets the capacity of a table, or of one of its indexes, follow what is used of it. */
export function scaled(table: Table, capacity: Capacity, index?: string): void {
  const bounds = ({ min, max }: Capacity) => ({ minCapacity: min, maxCapacity: max });
  const [writes, read] = [bounds(capacity), bounds(reads(capacity))];
  const aim = { targetUtilizationPercent: AIM_PERCENT };
  if (index === undefined) {
    table.autoScaleWriteCapacity(writes).scaleOnUtilization(aim);
    table.autoScaleReadCapacity(read).scaleOnUtilization(aim);
  } else {
    table.autoScaleGlobalSecondaryIndexWriteCapacity(index, writes).scaleOnUtilization(aim);
    table.autoScaleGlobalSecondaryIndexReadCapacity(index, read).scaleOnUtilization(aim);
  }
}
