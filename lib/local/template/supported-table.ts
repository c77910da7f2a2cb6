import { CAPACITY, DURABILITY, EMULATED, ENCRYPTION, type Known, LABEL, RIGHTS, WATCHING } from './reasons.ts';

/** What the local run makes of a table of DynamoDB. */
export const TABLE: Known = {
  TableName: EMULATED,
  KeySchema: { AttributeName: EMULATED, KeyType: EMULATED },
  AttributeDefinitions: { AttributeName: EMULATED, AttributeType: EMULATED },
  BillingMode: CAPACITY,
  GlobalSecondaryIndexes: {
    IndexName: EMULATED,
    KeySchema: { AttributeName: EMULATED, KeyType: EMULATED },
    Projection: { ProjectionType: EMULATED, NonKeyAttributes: EMULATED },
    WarmThroughput: CAPACITY,
    ProvisionedThroughput: CAPACITY,
  },
  StreamSpecification: { StreamViewType: EMULATED, ResourcePolicy: RIGHTS },
  TimeToLiveSpecification: { AttributeName: EMULATED, Enabled: EMULATED },
  DeletionProtectionEnabled: DURABILITY,
  PointInTimeRecoverySpecification: DURABILITY,
  SSESpecification: ENCRYPTION,
  TableClass: 'a price class',
  ProvisionedThroughput: CAPACITY,
  WarmThroughput: CAPACITY,
  OnDemandThroughput: CAPACITY,
  ContributorInsightsSpecification: WATCHING,
  ResourcePolicy: RIGHTS,
  Tags: LABEL,
};
