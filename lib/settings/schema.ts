import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as v from 'valibot';
import { capacity } from './aws/capacity.ts';
import { archive, publish, streamArn } from './feeds.ts';
import { group, objectOf } from './group.ts';
import { policy, sourcePolicy } from './policy.ts';
import { unsubscribe } from './unsubscribe.ts';
import {
  alarmTarget,
  certificateArn,
  cidr,
  emailAddress,
  flag,
  hostedZoneId,
  hostName,
  httpsUrl,
  name,
  searchKeys,
  secretArn,
  silenceWindow,
  tableNameOrArn,
  webPage,
  wholeNumber,
} from './values.ts';
import { alarms } from './watch/alarms.ts';
import { api, reconcile } from './watch/reconcile.ts';

const rate = wholeNumber(1, 10_000, 'requests per second');
const burst = wholeNumber(1, 5000, 'requests');

/** What every source has, whatever its provider. Everything else in a source belongs to the provider's own schema. */
export const common = v.object({
  provider: v.string('the id of a provider'),
  /** Minutes; false = no alarm about silence. */
  expectEvery: v.optional(silenceWindow, '24h'),
  /** Events within that time. */
  expectAtLeast: v.exactOptional(wholeNumber(2, 1_000_000_000, 'events within expectEvery')),
  allowIps: v.optional(v.pipe(v.array(cidr, 'a list of networks'), v.minLength(1, 'at least one network'))),
  dedupeGroup: v.optional(name),
  policy: v.optional(sourcePolicy),
  /** The ESP's own API. */
  api,
  /** Of its own route; what is left out is as for all. */
  throttling: v.optional(objectOf({ rate: v.exactOptional(rate), burst: v.exactOptional(burst) })),
});

const LOG_DAYS = Object.values(RetentionDays).filter(
  (days): days is number => typeof days === 'number' && days !== RetentionDays.INFINITE,
);

/** Everything but the sources. */
export const globals = v.object({
  alarmEmails: v.optional(v.array(emailAddress, 'a list of e-mail addresses'), []),
  retention: group({
    eventsDays: v.optional(wholeNumber(15, 3650, 'days'), 35),
    auditDays: v.optional(wholeNumber(1, 3650, 'days'), 400),
    logsDays: v.optional(v.picklist(LOG_DAYS, `days, one of ${LOG_DAYS.join(', ')}`), 30),
  }),
  policy,
  customDomain: v.optional(
    objectOf({
      name: hostName,
      certificateArn,
      hostedZone: v.optional(objectOf({ id: hostedZoneId, name: hostName })),
    }),
  ),
  publicUrl: v.optional(httpsUrl),
  throttling: group({
    rate: v.optional(rate, 500),
    burst: v.optional(burst, 1000),
  }),
  concurrency: v.optional(wholeNumber(2, 1000, 'invocations at a time'), 5),
  capacity,
  existingTables: group({
    events: v.optional(tableNameOrArn),
    suppression: v.optional(tableNameOrArn),
    eventsStream: v.optional(streamArn),
    suppressionStream: v.optional(streamArn),
  }),
  existingSecret: v.optional(secretArn),
  existingOwnKeys: v.optional(secretArn),
  existingUnsubscribeKeys: v.optional(secretArn),
  existingApiKeys: v.optional(secretArn),
  runbookUrl: v.optional(webPage),
  alarms,
  alarmTargets: v.optional(v.array(alarmTarget, 'a list of targets'), []),
  heartbeat: v.optional(flag, true),
  dashboard: v.optional(flag, false),
  console: v.optional(flag, false),
  accessLog: v.optional(flag, false),
  byMessageIndex: v.optional(flag, false),
  byHourIndex: v.optional(flag, true),
  searchKeys: v.exactOptional(searchKeys),
  unsubscribe,
  /** Hours. */
  reconcile,
  publish,
  archive,
  /** Default: on, and off where there is an archive to rebuild from. */
  pointInTimeRecovery: v.optional(flag),
});

export interface SourceSettings extends v.InferOutput<typeof common> {
  /** The provider's own settings, as its schema parsed them. */
  readonly options: Readonly<Record<string, unknown>>;
}

export interface Settings extends v.InferOutput<typeof globals> {
  /** Names the stack and everything in it. */
  readonly stage: string;
  readonly pointInTimeRecovery: boolean;
  readonly sources: Readonly<Record<string, SourceSettings>>;
}
