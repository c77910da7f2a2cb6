import type { UnsubscribeConfig } from './unsubscribe.ts';

/**
 * What the settings tell the functions: written by the stack as `config.json` beside each bundle, because the environment
 * of a function holds 4 KB and sources have no such limit. No secret is ever in it.
 */
export interface RuntimeConfig {
  /** The stage's name, as in the stack's. */
  readonly stage: string;
  /** Configured sources by name; the name is the last segment of the webhook URL. */
  readonly sources: Readonly<Record<string, SourceConfig>>;
  /** The built-in source {@link HEARTBEAT_SOURCE}; absent = the heartbeat is off. */
  readonly heartbeat?: SourceConfig;
  /** The page on which people leave lists; absent = there is none. */
  readonly unsubscribe?: UnsubscribeConfig;
  /** Keys of custom data, in lower case, by whose values events can be found; absent = none. */
  readonly customKeys?: readonly string[];
  /** Openings and clicks are counted too: an alarm wants them, and each is a metric to pay for. */
  readonly countEngagement?: true;
  /** Every so many hours what the ESPs know is compared with what came; absent = never. */
  readonly reconcile?: { readonly hours: number };
  /** How long events are kept, in days. */
  readonly eventRetentionDays: number;
  /** How long each kind of evidence suppresses. */
  readonly policy: PolicyConfig;
  /** Absent = nothing is published. */
  readonly publish?: { readonly types: readonly string[]; readonly surgeClicks?: number | undefined };
  /** Where raw events are archived; absent = nowhere. */
  readonly archive?: { readonly stream: string };
  /** What the stack's output `Policy` says; of the console's function only. */
  readonly stagePolicy?: StagePolicy;
}

export interface SourceConfig {
  /** Id of the provider that verifies and normalises this source. */
  readonly provider: string;
  /** Sources with one group that report the same fact count it once. Default: the source's own name. */
  readonly dedupeGroup?: string;
  /** CIDRs a request may come from; absent = any. */
  readonly allowIps?: readonly string[];
  /** What this source judges differently. */
  readonly policy?: Partial<PolicyConfig>;
  /** How its ESP's own API is reached. */
  readonly api?: ApiSettings;
  /** Minutes of silence that are normal; of the console's function only. */
  readonly expectEvery?: number;
  /** The provider's own settings, as its schema parsed them. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** What a source says of its ESP's own API; no key. */
export interface ApiSettings {
  /** What the ESP keeps its data by. */
  readonly domain?: string;
  /** Another host of the API: a region, a proxy. */
  readonly base?: string;
  /** False = this source is not compared. */
  readonly reconcile?: boolean;
}

/** Days a piece of evidence suppresses; `forever` never ends; 0 = never suppresses. */
export type Duration = number | 'forever';

export interface PolicyConfig {
  /** Mailbox or domain confirmed dead. */
  readonly hardBounce: Duration;
  /** Permanent failures whose cause is not known to be the mailbox or its domain. */
  readonly otherPermanent: Duration;
  readonly complaint: Duration;
  /** Most people that one complaint may name and still suppress: an ESP that hides who it was names all it could have been. */
  readonly complaintCandidates: number;
  readonly unsubscribe: Duration;
  readonly softBounces: SoftBouncePolicy;
}

/** Soft bounces of this many distinct messages within the window, with no delivery between them, suppress for a while. */
interface SoftBouncePolicy {
  /** Distinct messages; 0 = soft bounces never suppress. */
  readonly messages: number;
  readonly windowDays: number;
  readonly suppressDays: number;
}

/** What a stage judges by, from when on its rates are worth an alarm, how long acts are kept: what the settings say, for whoever asks the running stack. */
export interface StagePolicy {
  readonly policy: PolicyConfig;
  /** What sources judge differently, by name; those that do not are left out. */
  readonly sources: Readonly<Record<string, Partial<PolicyConfig>>>;
  readonly thresholds: Thresholds;
  /** Days that acts of operators are kept. */
  readonly auditDays: number;
}

/** Percentages; below so many delivered mails a day they say nothing. */
export interface Thresholds {
  readonly minimumDelivered: number;
  readonly bounceRate: { readonly warning: number; readonly critical: number };
  readonly complaintRate: { readonly warning: number; readonly critical: number };
}

/**
 * The source that `pulse` posts to, to prove the whole path from outside. Reserved: no source of the settings may have its name. Its
 * events are stored, and are no part of any statistic, of the suppression list, of the bus or of the archive.
 */
export const HEARTBEAT_SOURCE = 'quell-heartbeat';

/** File name of the config beside each bundle. */
export const CONFIG_FILE = 'config.json';

/** Largest body `receive` accepts, in bytes: what still fits Lambda's 6 MB request once API Gateway has base64-encoded it. */
export const MAX_BODY_BYTES = 4 * 1024 * 1024;
