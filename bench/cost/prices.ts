/** List prices of us-east-1 in US dollars, without free quotas. Amounts are what one unit costs. */
const MILLION = 1_000_000;

export const PRICES = {
  /** HTTP API, first 300 million a month; metered in 512 KB. */
  httpRequest: 1 / MILLION,
  lambdaRequest: 0.2 / MILLION,
  /** arm64. */
  lambdaGbSecond: 0.0000133334,
  /** Standard queue; each started 64 KB of a payload is one. */
  sqsRequest: 0.4 / MILLION,
  writeUnit: 0.625 / MILLION,
  readUnit: 0.125 / MILLION,
  /** Provisioned, for an hour of one unit a second. */
  writeUnitHour: 0.00065,
  readUnitHour: 0.00013,
  /** Per GB and month. */
  tableStorage: 0.25,
  pointInTimeRecovery: 0.2,
  /** Per GB. */
  logsIngested: 0.5,
  logsStored: 0.03,
  /** Per GB, each record rounded up to 5 KB. */
  firehose: 0.029,
  s3Storage: 0.023,
  busEvent: 1 / MILLION,
  /** Per month. */
  /** Of standard resolution, for each metric that it reads. */
  alarm: 0.1,
  compositeAlarm: 0.5,
  metric: 0.3,
  dashboard: 3,
  secret: 0.4,
} as const;

export const GB = 1e9;
