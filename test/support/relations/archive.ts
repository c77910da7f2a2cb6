/** From Firehose into the bucket, and from there to Athena: by the same prefixes, names and days. */
import {
  ARCHIVE_PREFIX,
  archiveDatabase,
  archiveStreamName,
  archiveWorkGroup,
  RESULTS_PREFIX,
} from '../../../lambda/contract/archive.ts';
import { glueType, LINE_COLUMNS } from '../../../lib/reports/columns.ts';
import { ATHENA } from '../../../lib/reports/dialect.ts';
import { REPORTS, sqlOf } from '../../../lib/reports/reports.ts';
import { show } from '../template.ts';
import { idOf, type Rule, same, sameSet, type View } from './view.ts';

type Properties = Readonly<Record<string, unknown>>;
const FAILED_PREFIX = 'failed/';

/** Properties of all of a type. */
const all = ({ ofType }: View, type: string): Properties[] => ofType(type).map(([, { Properties: own }]) => own);

export const bucket: Rule = function* (view) {
  const { archive } = view.settings;
  const expires = (Prefix: string, ExpirationInDays: number) => ({ ExpirationInDays, Prefix, Status: 'Enabled' });
  yield* same(
    'the bucket',
    all(view, 'AWS::S3::Bucket'),
    archive
      ? [
          {
            BucketEncryption: {
              ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
            },
            LifecycleConfiguration: {
              Rules: [
                // What stands under each prefix that something writes to is deleted one day.
                ...[ARCHIVE_PREFIX, FAILED_PREFIX].map((prefix) => expires(prefix, archive.retentionDays)),
                expires(RESULTS_PREFIX, 7),
                { AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 }, Status: 'Enabled' },
              ],
            },
            OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
            PublicAccessBlockConfiguration: {
              BlockPublicAcls: true,
              BlockPublicPolicy: true,
              IgnorePublicAcls: true,
              RestrictPublicBuckets: true,
            },
          },
        ]
      : [],
  );
};

export const stream: Rule = function* (view) {
  const { archive, stage } = view.settings;
  const role = idOf(view, 'AWS::IAM::Role', 'Archive');
  yield* same(
    'the stream',
    all(view, 'AWS::KinesisFirehose::DeliveryStream'),
    archive
      ? [
          {
            DeliveryStreamEncryptionConfigurationInput: { KeyType: 'AWS_OWNED_CMK' },
            DeliveryStreamName: archiveStreamName(stage),
            DeliveryStreamType: 'DirectPut',
            ExtendedS3DestinationConfiguration: {
              BucketARN: 'ArchiveBucket.Arn',
              BufferingHints: { IntervalInSeconds: 300, SizeInMBs: 64 },
              CompressionFormat: 'UNCOMPRESSED',
              ErrorOutputPrefix: `${FAILED_PREFIX}!{firehose:error-output-type}/!{timestamp:yyyy-MM-dd}/`,
              FileExtension: '.ndjson.gz',
              Prefix: `${ARCHIVE_PREFIX}day=!{timestamp:yyyy-MM-dd}/`,
              RoleARN: `${role}.Arn`,
            },
          },
        ]
      : [],
  );
  if (!archive) return;
  const policies = view.ofType('AWS::IAM::Policy').filter(
    ([
      ,
      {
        Properties: { Roles },
      },
    ]) => show((Roles as unknown[])?.[0]) === role,
  );
  // It tries its role's rights as soon as it is made.
  const [[, made] = []] = view.ofType('AWS::KinesisFirehose::DeliveryStream');
  yield* sameSet(
    'what the stream waits for',
    made?.DependsOn ?? [],
    policies.map(([id]) => id),
  );
  yield* same(
    'what Firehose may',
    policies.flatMap(
      ([
        ,
        {
          Properties: { PolicyDocument },
        },
      ]) => (PolicyDocument as { Statement: unknown[] }).Statement,
    ),
    [
      { Action: ['s3:AbortMultipartUpload', 's3:PutObject'], Effect: 'Allow', Resource: 'ArchiveBucket.Arn/*' },
      {
        Action: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
        Effect: 'Allow',
        Resource: 'ArchiveBucket.Arn',
      },
    ],
  );
};

export const athena: Rule = function* (view) {
  const { archive, stage } = view.settings;
  if (!archive) return;
  const [database, workGroup] = [archiveDatabase(stage), archiveWorkGroup(stage)];
  const location = `s3://ArchiveBucket/${ARCHIVE_PREFIX}`;
  const [{ DatabaseInput = {}, ...catalog } = {}] = all(view, 'AWS::Glue::Database');
  yield* same(
    'the database',
    [catalog, (DatabaseInput as Properties).Name],
    [{ CatalogId: 'AWS::AccountId' }, database],
  );
  const [glue] = all(view, 'AWS::Glue::Table');
  yield* same('the table of Athena', glue, {
    CatalogId: 'AWS::AccountId',
    DatabaseName: database,
    TableInput: {
      Name: 'archive',
      Parameters: {
        'projection.enabled': 'true',
        'projection.day.type': 'date',
        'projection.day.format': 'yyyy-MM-dd',
        'projection.day.range': `NOW-${archive.retentionDays + 1}DAYS,NOW`,
        'storage.location.template': `${location}day=$\{day}/`,
      },
      PartitionKeys: [{ Name: 'day', Type: 'string' }],
      StorageDescriptor: {
        Columns: Object.entries(LINE_COLUMNS).map(([name, type]) => ({
          Name: name.toLowerCase(),
          Type: glueType(type),
        })),
        InputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
        Location: location,
        OutputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
        SerdeInfo: {
          Parameters: { 'ignore.malformed.json': 'true' },
          SerializationLibrary: 'org.openx.data.jsonserde.JsonSerDe',
        },
      },
      TableType: 'EXTERNAL_TABLE',
    },
  });
  yield* same('the work group', all(view, 'AWS::Athena::WorkGroup'), [
    {
      Name: workGroup,
      RecursiveDeleteOption: true,
      WorkGroupConfiguration: {
        BytesScannedCutoffPerQuery: 100 * 1024 ** 3,
        EnforceWorkGroupConfiguration: true,
        ResultConfiguration: {
          EncryptionConfiguration: { EncryptionOption: 'SSE_S3' },
          OutputLocation: `s3://ArchiveBucket/${RESULTS_PREFIX}`,
        },
      },
    },
  ]);
  yield* same(
    'the saved queries',
    all(view, 'AWS::Athena::NamedQuery').map(({ Description: _, ...rest }) => rest),
    REPORTS.map((report) => ({
      Database: database,
      Name: `quell-${stage}-${report.name}`,
      QueryString: sqlOf(report, ATHENA),
      WorkGroup: workGroup,
    })),
  );
  const after = (type: string, first: string): Generator<string> =>
    sameSet(
      `what ${type} waits for`,
      view.ofType(type).flatMap(([, { DependsOn = [] }]) => DependsOn),
      view.ofType(type).map(() => idOf(view, first)),
    );
  yield* after('AWS::Glue::Table', 'AWS::Glue::Database');
  yield* after('AWS::Athena::NamedQuery', 'AWS::Athena::WorkGroup');
};
