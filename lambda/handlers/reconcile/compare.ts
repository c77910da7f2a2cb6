import { setTimeout as pause } from 'node:timers/promises';
import type { SourceConfig } from '../../contract/config.ts';
import type { EpochMs } from '../../contract/units.ts';
import { CannotKnow } from '../../domain/cannot-know.ts';
import { interpreter } from '../../domain/interpret.ts';
import { signedAt } from '../../esp/aws.ts';
import { caller } from '../../esp/caller.ts';
import { isApiKey } from '../../esp/key.ts';
import type { ApiContext, TimeWindow } from '../../providers/api.ts';
import { apiOf } from '../../providers/apis.ts';
import { providerIn } from '../../providers/half.ts';
import { compareEvents } from './events.ts';
import type { Compared, Tables } from './found.ts';
import { compareLists } from './lists.ts';

export interface Question {
  readonly source: string;
  readonly config: SourceConfig;
  /** Of the ESP's API; none where requests are signed. */
  readonly key: string;
  /** When it was due, epoch milliseconds. */
  readonly now: EpochMs;
  /** Between two comparisons. */
  readonly hours: number;
  /** Epoch milliseconds: nothing is waited for after it. */
  readonly until: EpochMs;
  readonly tables: Tables;
}

const HOUR = 3_600_000;
/** For ESPs that say nothing of how long they try. */
const USUAL_RETRIES = 24;
/** One answer of the ESP, its body included. */
const ANSWER_MS = 15_000;
/** It is held several times over while it is read, in half a gigabyte. */
const ANSWER_BYTES = 32 * 1024 * 1024;

/**
 * The time that is over: what the ESP's own retries may still bring is not lost yet, and an event shows in its API long before they end. Twice
 * the period, so that a comparison that fails leaves nothing unseen.
 */
export function windowOf(now: EpochMs, hours: number, waitHours: number): TimeWindow {
  const to = Math.floor(now / HOUR) * HOUR - waitHours * HOUR;
  return { from: to - 2 * hours * HOUR, to };
}

/** As whom, and in which Region, this function does everything else. */
const placeOf = async ({ client: { config } }: Tables) => ({
  region: await config.region(),
  credentials: config.credentials,
  // As the SDK reads it: a local run must not ask AWS itself.
  endpoint: process.env.AWS_ENDPOINT_URL_SESV2,
});

/** @throws CannotKnow where the ESP could not be asked */
export async function compare({ source, config, key, now, hours, until, tables }: Question): Promise<Compared> {
  const provider = providerIn('reconcile', config.provider);
  const api = await apiOf(config.provider);
  if (!api || !provider) throw new CannotKnow('This ESP has no API that can be asked.');
  if (api.domain !== undefined && config.api?.domain === undefined)
    throw new CannotKnow(`Its API keeps data by domain: the settings say none (${api.domain}).`);
  const aws = api.signedByAws === undefined ? undefined : signedAt(await placeOf(tables), api.signedByAws);
  if (!aws && !isApiKey(key.trim()))
    throw new CannotKnow('What is stored as its API key can be none. Set it with: ops secrets set --api-key.');
  const call = caller({
    api,
    title: provider.title,
    base: new URL(config.api?.base ?? aws?.base ?? api.base),
    key: key.trim(),
    say: () => {},
    ...(aws && { sign: aws.sign }),
    patience: { answer: ANSWER_MS, most: ANSWER_BYTES, until },
  });
  const wait = (ms: number) => pause(Math.max(0, Math.min(ms, until - Date.now())));
  const context: ApiContext = { call, now, domain: config.api?.domain ?? '', source, wait };
  const window = windowOf(now, hours, api.retriesHours ?? USUAL_RETRIES);
  const reading = { provider, options: config.options, dedupeGroup: config.dedupeGroup };
  const found = api.events
    ? await compareEvents(api.events, context, window, until, interpreter(source, reading), tables)
    : await compareLists(api.lists, context, window, until, tables);
  return { ...found, ...window };
}
