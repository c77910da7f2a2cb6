import { Aws, Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import { BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { ARCHIVE_PREFIX, archiveStreamName, RESULTS_PREFIX } from '../../../lambda/contract/archive.ts';
import { ArchiveQueries } from './archive-queries.ts';

/** Lines wait so long, or until there are so many, for an object of their own: few objects, which are cheap to write and to read. */
const BUFFER = { intervalInSeconds: 300, sizeInMBs: 64 };
const FAILED_PREFIX = 'failed/';

interface ArchiveProps {
  readonly stage: string;
  readonly retentionDays: number;
}

/** Keeps every raw event for as long as the settings say: Firehose writes what `process` hands over to a bucket, by day and compressed. */
export class Archive extends Construct {
  readonly bucket: Bucket;
  readonly streamName: string;
  readonly streamArn: string;

  constructor(scope: Construct, id: string, { stage, retentionDays }: ArchiveProps) {
    super(scope, id);
    this.bucket = this.makeBucket(retentionDays);
    this.streamName = archiveStreamName(stage);
    const stream = this.makeStream();
    this.streamArn = stream.attrArn;
    new ArchiveQueries(this, 'Queries', { stage, retentionDays, bucket: this.bucket, resultsPrefix: RESULTS_PREFIX });
  }

  readonly put = (): PolicyStatement =>
    new PolicyStatement({ actions: ['firehose:PutRecordBatch'], resources: [this.streamArn] });

  private makeBucket(retentionDays: number): Bucket {
    const bucket = new Bucket(this, 'Bucket', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      lifecycleRules: [
        { prefix: ARCHIVE_PREFIX, expiration: Duration.days(retentionDays) },
        { prefix: FAILED_PREFIX, expiration: Duration.days(retentionDays) },
        { prefix: RESULTS_PREFIX, expiration: Duration.days(7) },
        { abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
    });
    // Pinned: a new id would be a new, empty archive.
    (bucket.node.defaultChild as CfnBucket).overrideLogicalId('ArchiveBucket');
    Validations.of(bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'Only Firehose writes here; who reads is in CloudTrail where the account records data events.',
    });
    return bucket;
  }

  private makeStream(): CfnDeliveryStream {
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('firehose.amazonaws.com', {
        conditions: { StringEquals: { 'sts:ExternalId': Aws.ACCOUNT_ID } },
      }),
    });
    role.addToPolicy(
      new PolicyStatement({
        actions: ['s3:AbortMultipartUpload', 's3:PutObject'],
        resources: [this.bucket.arnForObjects('*')],
      }),
    );
    role.addToPolicy(
      new PolicyStatement({
        actions: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
        resources: [this.bucket.bucketArn],
      }),
    );
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::<ArchiveBucket.Arn>/*]',
      reason: 'Firehose names the objects that it writes.',
    });
    const stream = new CfnDeliveryStream(this, 'Stream', {
      deliveryStreamName: this.streamName,
      deliveryStreamType: 'DirectPut',
      deliveryStreamEncryptionConfigurationInput: { keyType: 'AWS_OWNED_CMK' },
      extendedS3DestinationConfiguration: {
        bucketArn: this.bucket.bucketArn,
        roleArn: role.roleArn,
        bufferingHints: BUFFER,
        // `process` compresses: Firehose's quota and its bill are by the bytes that it is given.
        compressionFormat: 'UNCOMPRESSED',
        fileExtension: '.ndjson.gz',
        prefix: `${ARCHIVE_PREFIX}day=!{timestamp:yyyy-MM-dd}/`,
        errorOutputPrefix: `${FAILED_PREFIX}!{firehose:error-output-type}/!{timestamp:yyyy-MM-dd}/`,
      },
    });
    // It tries the role's rights as soon as it is made.
    stream.node.addDependency(role.node.findChild('DefaultPolicy'));
    return stream;
  }
}
