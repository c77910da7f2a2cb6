import { Aws } from 'aws-cdk-lib';
import { CfnNamedQuery, CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { ARCHIVE_PREFIX } from '../../../lambda/contract/archive.ts';
import { eventFields } from '../../../lambda/contract/event-fields.ts';
import { savedQueries } from './archive-sql.ts';

/** No single query reads more: 100 GB are $0.50. */
const MOST_BYTES_PER_QUERY = 100 * 1024 ** 3;

/** Athena's type of each kind of field. */
const TYPES = {
  word: 'string',
  text: 'string',
  name: 'string',
  time: 'string',
  integer: 'int',
  epochSeconds: 'bigint',
  boolean: 'boolean',
  mark: 'boolean',
  texts: 'array<string>',
  names: 'array<string>',
  textMap: 'map<string,string>',
} as const satisfies Record<(typeof eventFields)[number][1]['is'], string>;

/** Athena knows names in lower case only. */
const EVENT = eventFields
  .filter(([, { archived }]) => archived === undefined)
  .map(([name, { is }]) => `${name.toLowerCase()}:${TYPES[is]}`);
const COLUMNS = {
  receivedat: 'string',
  source: 'string',
  provider: 'string',
  channel: 'string',
  origin: 'string',
  requestid: 'string',
  raw: 'string',
  events: `array<struct<${EVENT.join(',')}>>`,
};

export interface ArchiveQueriesProps {
  readonly stage: string;
  readonly retentionDays: number;
  readonly bucket: Bucket;
  readonly resultsPrefix: string;
}

/** The archive as a table of Athena. Days are computed, not collected: no crawler, nothing to run after a new day began. */
export class ArchiveQueries extends Construct {
  constructor(scope: Construct, id: string, { stage, retentionDays, bucket, resultsPrefix }: ArchiveQueriesProps) {
    super(scope, id);
    const database = `quell_${stage.replaceAll('-', '_')}`;
    const location = `s3://${bucket.bucketName}/${ARCHIVE_PREFIX}`;
    const glue = new CfnDatabase(this, 'Database', {
      catalogId: Aws.ACCOUNT_ID,
      databaseInput: { name: database, description: 'Raw e-mail events, as the ESPs sent them.' },
    });
    const table = new CfnTable(this, 'Table', {
      catalogId: Aws.ACCOUNT_ID,
      databaseName: database,
      tableInput: {
        name: 'archive',
        tableType: 'EXTERNAL_TABLE',
        partitionKeys: [{ name: 'day', type: 'string' }],
        parameters: {
          'projection.enabled': 'true',
          'projection.day.type': 'date',
          'projection.day.format': 'yyyy-MM-dd',
          'projection.day.range': `NOW-${retentionDays + 1}DAYS,NOW`,
          'storage.location.template': `${location}day=\${day}/`,
        },
        storageDescriptor: {
          columns: Object.entries(COLUMNS).map(([name, type]) => ({ name, type })),
          location,
          inputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
          outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
          serdeInfo: { serializationLibrary: 'org.openx.data.jsonserde.JsonSerDe' },
        },
      },
    });
    table.addResourceDependency(glue);
    const workGroup = new CfnWorkGroup(this, 'WorkGroup', {
      name: `quell-${stage}`,
      recursiveDeleteOption: true,
      workGroupConfiguration: {
        enforceWorkGroupConfiguration: true,
        bytesScannedCutoffPerQuery: MOST_BYTES_PER_QUERY,
        resultConfiguration: {
          outputLocation: `s3://${bucket.bucketName}/${resultsPrefix}`,
          encryptionConfiguration: { encryptionOption: 'SSE_S3' },
        },
      },
    });
    for (const { name, description, sql } of savedQueries) {
      const query = new CfnNamedQuery(this, name, {
        name: `quell-${stage}-${name}`,
        description,
        database,
        queryString: sql,
        workGroup: workGroup.name,
      });
      query.addResourceDependency(workGroup);
    }
  }
}
