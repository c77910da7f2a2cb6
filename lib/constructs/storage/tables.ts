import { RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  type CfnTable,
  type ITable,
  ProjectionType,
  StreamViewType,
  Table,
  type TableProps,
} from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { HEARTBEAT_SOURCE } from '../../../lambda/contract/config.ts';
import { clicksKey } from '../../../lambda/contract/surges.ts';
import { BY_HOUR, BY_MESSAGE, bySearchKey, EVENTS, internalKey, SUPPRESSION } from '../../../lambda/contract/tables.ts';
import { PROVIDERS } from '../../../lambda/providers/index.ts';
import type { Settings } from '../../settings/schema.ts';
import { type Access, access } from '../service-function.ts';
import { ofIndex, provisioned, scaled } from './capacity.ts';

/** A table of this stack, or one that was there before. */
type TableRef = Pick<ITable, 'tableName' | 'tableArn'> & { readonly tableStreamArn?: string | undefined };

const text = (name: string) => ({ name, type: AttributeType.STRING });

/**
 * The two tables. They have fixed names and stay when the stack goes, so that a stack deployed again stops at "already exists"
 * instead of starting with an empty suppression list, which would let suppressed people be mailed.
 */
export class Storage extends Construct {
  readonly events: TableRef;
  readonly suppression: TableRef;
  readonly searchKeys: readonly string[];
  readonly #bindsTokens: boolean;
  readonly #countsClicks: boolean;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    const { existingTables: existing, pointInTimeRecovery, sources, searchKeys = [], publish } = settings;
    this.searchKeys = searchKeys;
    this.#bindsTokens = Object.values(sources).some(({ provider }) => PROVIDERS.get(provider)?.bindToken);
    this.#countsClicks = publish !== false && publish.surgeClicks !== undefined;
    this.events = existing.events
      ? this.attach('Events', existing.events, existing.eventsStream)
      : this.eventsTable(pointInTimeRecovery, settings);
    this.suppression = existing.suppression
      ? this.attach('Suppression', existing.suppression, existing.suppressionStream)
      : this.table('Suppression', pointInTimeRecovery, {
          partitionKey: text(SUPPRESSION.partitionKey),
          // A reader of changes needs to know what an entry was before.
          stream: StreamViewType.NEW_AND_OLD_IMAGES,
        });
  }

  /**
   * Each event is one conditional insert; a recipient's history is one query. Where an ESP signs a token instead of the event, the token is
   * kept beside the events, and read by an update that changes nothing. A replay may write records anew. Clicks are counted in partitions
   * of their own, and in nobody's.
   */
  readonly record = (replays: boolean): Access => {
    const { value, statements } = access(
      this.events.tableName,
      [
        ...['dynamodb:PartiQLInsert', 'dynamodb:Query'],
        ...(this.#bindsTokens ? ['dynamodb:PartiQLUpdate'] : []),
        ...(replays ? ['dynamodb:BatchWriteItem'] : []),
      ],
      this.events.tableArn,
    );
    const counting = this.within(clicksKey('*'), 'dynamodb:UpdateItem');
    return { value, statements: this.#countsClicks ? [...statements, counting] : statements };
  };

  /** Entries are read in batches, then inserted, or updated if nobody else did. */
  readonly suppress = (): Access =>
    access(
      this.suppression.tableName,
      ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:PartiQLInsert', 'dynamodb:PartiQLUpdate'],
      this.suppression.tableArn,
    );

  /** Whether events are recorded, and whether any came of a person. */
  readonly lookUp = (): Access =>
    access(this.events.tableName, ['dynamodb:BatchGetItem', 'dynamodb:Query'], this.events.tableArn);

  /** Whether people are on the list. */
  readonly lookUpPeople = (): Access =>
    access(this.suppression.tableName, ['dynamodb:BatchGetItem'], this.suppression.tableArn);

  /** `pulse` looks for its own heartbeats and takes them away again: in their partitions it may, in nobody else's. */
  readonly trace = (): Access => ({
    value: this.events.tableName,
    statements: [this.within(internalKey(HEARTBEAT_SOURCE, '*'), 'dynamodb:GetItem', 'dynamodb:DeleteItem')],
  });

  /** Items of the events table in partitions of this form only. */
  private within(partitions: string, ...actions: string[]): PolicyStatement {
    return new PolicyStatement({
      actions,
      resources: [this.events.tableArn],
      conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [partitions] } },
    });
  }

  private eventsTable(
    pointInTimeRecovery: boolean,
    { byMessageIndex, byHourIndex, searchKeys = [], capacity }: Settings,
  ): Table {
    const table = this.table('Events', pointInTimeRecovery, {
      ...(capacity && provisioned(capacity)),
      partitionKey: text(EVENTS.partitionKey),
      sortKey: text(EVENTS.sortKey),
      timeToLiveAttribute: EVENTS.expiry,
      // Events are only ever inserted: there is no old image.
      stream: StreamViewType.NEW_IMAGE,
    });
    if (byMessageIndex) {
      table.addGlobalSecondaryIndex({
        indexName: BY_MESSAGE.name,
        partitionKey: text(BY_MESSAGE.partitionKey),
        // In order of time, as the table itself.
        sortKey: text(EVENTS.sortKey),
        // One more write unit per event as it is; the keys are enough to fetch the events.
        projectionType: ProjectionType.KEYS_ONLY,
        ...(capacity && provisioned(capacity)),
      });
    }
    if (byHourIndex) {
      table.addGlobalSecondaryIndex({
        indexName: BY_HOUR.name,
        partitionKey: text(BY_HOUR.partitionKey),
        sortKey: text(EVENTS.sortKey),
        // A page of events is one query then. What is in the index costs one more write unit; most events are not.
        projectionType: ProjectionType.ALL,
        ...(capacity && provisioned(ofIndex(capacity))),
      });
    }
    for (const key of searchKeys) {
      const { name, partitionKey } = bySearchKey(key);
      table.addGlobalSecondaryIndex({
        indexName: name,
        partitionKey: text(partitionKey),
        sortKey: text(EVENTS.sortKey),
        projectionType: ProjectionType.KEYS_ONLY,
        ...(capacity && provisioned(capacity)),
      });
    }
    if (capacity) {
      scaled(table, capacity);
      if (byMessageIndex) scaled(table, capacity, BY_MESSAGE.name);
      if (byHourIndex) scaled(table, ofIndex(capacity), BY_HOUR.name);
      for (const key of searchKeys) scaled(table, capacity, bySearchKey(key).name);
    }
    return table;
  }

  private table(id: string, pointInTimeRecovery: boolean, props: TableProps): Table {
    const table = new Table(this, id, {
      billingMode: BillingMode.PAY_PER_REQUEST,
      ...props,
      tableName: `${Stack.of(this).stackName}-${id.toLowerCase()}`,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: pointInTimeRecovery },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    (table.node.defaultChild as CfnTable).overrideLogicalId(`${id}Table`);
    if (!pointInTimeRecovery) {
      Validations.of(table).acknowledge({
        id: 'AwsSolutions-DDB3',
        reason: 'The settings switch point-in-time recovery off; docs/settings.md says what that gives up.',
      });
    }
    return table;
  }

  /** A table that exists already, by its name or ARN, in the account and Region of the stack. */
  private attach(id: string, table: string, tableStreamArn: string | undefined): TableRef {
    const tableName = table.slice(table.lastIndexOf('/') + 1);
    return Table.fromTableAttributes(this, id, { tableName, ...(tableStreamArn && { tableStreamArn }) });
  }
}
