import { Aws } from 'aws-cdk-lib';
import { CfnNamedQuery, CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { ARCHIVE_PREFIX, archiveDatabase, archiveWorkGroup } from '../../../lambda/contract/archive.ts';
import { stackName } from '../../../lambda/contract/outputs.ts';
import { glueType, LINE_COLUMNS } from '../../reports/columns.ts';
import { ATHENA } from '../../reports/dialect.ts';
import { REPORTS, sqlOf } from '../../reports/reports.ts';

/** No single query reads more: 100 GB are $0.50. */
const MOST_BYTES_PER_QUERY = 100 * 1024 ** 3;

interface ArchiveQueriesProps {
  readonly stage: string;
  readonly retentionDays: number;
  readonly bucket: Bucket;
  readonly resultsPrefix: string;
}

/** The archive as a table of Athena. Days are computed, not collected: no crawler, nothing to run after a new day began. */
export class ArchiveQueries extends Construct {
  constructor(scope: Construct, id: string, { stage, retentionDays, bucket, resultsPrefix }: ArchiveQueriesProps) {
    super(scope, id);
    const database = archiveDatabase(stage);
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
          columns: Object.entries(LINE_COLUMNS).map(([name, type]) => ({
            name: name.toLowerCase(),
            type: glueType(type),
          })),
          location,
          inputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
          outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
          serdeInfo: {
            serializationLibrary: 'org.openx.data.jsonserde.JsonSerDe',
            // One line that is no JSON object to it must not fail the whole question.
            parameters: { 'ignore.malformed.json': 'true' },
          },
        },
      },
    });
    table.addResourceDependency(glue);
    const workGroup = new CfnWorkGroup(this, 'WorkGroup', {
      name: archiveWorkGroup(stage),
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
    for (const report of REPORTS) {
      const query = new CfnNamedQuery(this, report.name, {
        name: `${stackName(stage)}-${report.name}`,
        description: report.about,
        database,
        queryString: sqlOf(report, ATHENA),
        workGroup: workGroup.name,
      });
      query.addResourceDependency(workGroup);
    }
  }
}
