/**
 * What the local run makes of every resource type and property that the stack uses. `EMULATED`: it behaves here as it would deployed. Any
 * other text is the reason why leaving it out changes nothing that a local run can show. What is not listed stops the run by its name,
 * so that a new resource can never be silently missing.
 */
export const EMULATED = 'emulated';

export type Known = string | { readonly [property: string]: Known };

const RIGHTS = 'emulators grant everything; the rights are tested on the template';
const LABEL = 'a label';
const WATCHING = 'alarms and dashboards are evaluated by CloudWatch';
const DOMAIN = 'the local URL is a loopback address';
const DURABILITY = 'protects stored data in the account';
const ENCRYPTION = 'nothing leaves this machine';

const TABLE: Known = {
  TableName: EMULATED,
  KeySchema: { AttributeName: EMULATED, KeyType: EMULATED },
  AttributeDefinitions: { AttributeName: EMULATED, AttributeType: EMULATED },
  BillingMode: EMULATED,
  GlobalSecondaryIndexes: {
    IndexName: EMULATED,
    KeySchema: { AttributeName: EMULATED, KeyType: EMULATED },
    Projection: { ProjectionType: EMULATED, NonKeyAttributes: EMULATED },
    WarmThroughput: 'capacity is not limited here',
  },
  StreamSpecification: { StreamViewType: EMULATED, ResourcePolicy: RIGHTS },
  TimeToLiveSpecification: { AttributeName: EMULATED, Enabled: EMULATED },
  DeletionProtectionEnabled: DURABILITY,
  PointInTimeRecoverySpecification: DURABILITY,
  SSESpecification: ENCRYPTION,
  TableClass: 'a price class',
  WarmThroughput: 'capacity is not limited here',
  OnDemandThroughput: 'capacity is not limited here',
  ContributorInsightsSpecification: WATCHING,
  ResourcePolicy: RIGHTS,
  Tags: LABEL,
};

export const SUPPORTED: Readonly<Record<string, Known>> = {
  'AWS::ApiGatewayV2::Api': {
    Name: LABEL,
    Description: LABEL,
    ProtocolType: { HTTP: EMULATED },
    DisableExecuteApiEndpoint: DOMAIN,
    Tags: LABEL,
  },
  'AWS::ApiGatewayV2::Stage': {
    ApiId: EMULATED,
    StageName: EMULATED,
    AutoDeploy: 'the template is deployed at start',
    DefaultRouteSettings: {
      ThrottlingBurstLimit: EMULATED,
      ThrottlingRateLimit: EMULATED,
      DetailedMetricsEnabled: WATCHING,
    },
    AccessLogSettings: 'what a request did is in the function logs',
    Description: LABEL,
    Tags: LABEL,
  },
  'AWS::ApiGatewayV2::Integration': {
    ApiId: EMULATED,
    IntegrationType: EMULATED,
    IntegrationUri: EMULATED,
    PayloadFormatVersion: EMULATED,
    TimeoutInMillis: EMULATED,
    IntegrationMethod: 'Lambda is always invoked by POST',
    Description: LABEL,
  },
  'AWS::ApiGatewayV2::Route': {
    ApiId: EMULATED,
    RouteKey: EMULATED,
    Target: EMULATED,
    AuthorizationType: { NONE: EMULATED },
  },
  'AWS::ApiGatewayV2::DomainName': DOMAIN,
  'AWS::ApiGatewayV2::ApiMapping': DOMAIN,
  'AWS::Route53::RecordSet': DOMAIN,
  'AWS::Lambda::Function': {
    FunctionName: EMULATED,
    Code: { S3Bucket: 'the asset is read from the assembly', S3Key: EMULATED },
    Handler: EMULATED,
    Timeout: EMULATED,
    MemorySize: EMULATED,
    Environment: { Variables: EMULATED },
    Runtime: 'the run itself is on Node 24',
    Architectures: 'JavaScript runs on either',
    LoggingConfig: 'logs go to .local/logs',
    TracingConfig: 'traces go to X-Ray',
    EphemeralStorage: 'the disk of this machine',
    Role: RIGHTS,
    Description: LABEL,
    Tags: LABEL,
  },
  'AWS::Lambda::EventSourceMapping': {
    EventSourceArn: EMULATED,
    FunctionName: EMULATED,
    BatchSize: EMULATED,
    MaximumBatchingWindowInSeconds: EMULATED,
    FunctionResponseTypes: EMULATED,
    ScalingConfig: { MaximumConcurrency: EMULATED },
    Enabled: EMULATED,
    MetricsConfig: WATCHING,
    Tags: LABEL,
  },
  'AWS::Lambda::EventInvokeConfig': 'schedules here do not retry: the next one comes soon',
  'AWS::Lambda::Permission': RIGHTS,
  'AWS::IAM::Role': RIGHTS,
  'AWS::IAM::Policy': RIGHTS,
  'AWS::IAM::ManagedPolicy': RIGHTS,
  'AWS::SQS::Queue': {
    QueueName: EMULATED,
    VisibilityTimeout: EMULATED,
    MessageRetentionPeriod: EMULATED,
    MaximumMessageSize: EMULATED,
    ReceiveMessageWaitTimeSeconds: EMULATED,
    DelaySeconds: EMULATED,
    RedrivePolicy: { deadLetterTargetArn: EMULATED, maxReceiveCount: EMULATED },
    RedriveAllowPolicy: RIGHTS,
    SqsManagedSseEnabled: ENCRYPTION,
    KmsMasterKeyId: ENCRYPTION,
    KmsDataKeyReusePeriodSeconds: ENCRYPTION,
    Tags: LABEL,
  },
  'AWS::SQS::QueuePolicy': RIGHTS,
  'AWS::DynamoDB::Table': TABLE,
  'AWS::SecretsManager::Secret': {
    Name: EMULATED,
    Description: LABEL,
    SecretString: 'the local secret map takes its place',
    KmsKeyId: ENCRYPTION,
    Tags: LABEL,
  },
  'AWS::SecretsManager::ResourcePolicy': RIGHTS,
  'AWS::Events::Rule': {
    ScheduleExpression: EMULATED,
    State: EMULATED,
    Targets: {
      Arn: EMULATED,
      Id: LABEL,
      Input: EMULATED,
      RetryPolicy: 'the next run comes soon',
      DeadLetterConfig: 'the next run comes soon',
    },
    Name: LABEL,
    Description: LABEL,
    Tags: LABEL,
  },
  'AWS::SNS::Topic': 'nothing publishes here: alarms do not fire, and SES samples are posted by `ops send`',
  'AWS::SNS::Subscription': 'as the topic',
  'AWS::SNS::TopicPolicy': RIGHTS,
  'AWS::CloudWatch::Alarm': WATCHING,
  'AWS::CloudWatch::CompositeAlarm': WATCHING,
  'AWS::CloudWatch::Dashboard': WATCHING,
  'AWS::Logs::LogGroup': 'logs go to .local/logs',
  'AWS::CDK::Metadata': 'usage statistics of CDK',
};
