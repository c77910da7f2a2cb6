import { randomBytes } from 'node:crypto';
import type { EpochMs } from '../../../../lambda/contract/units.ts';
import { EVENT_TYPES, type EventType, type NormalisedEvent } from '../../../../lambda/domain/event/event.ts';
import { interpreter } from '../../../../lambda/domain/interpret.ts';
import type { Provider, SampleInput, SampleRequest } from '../../../../lambda/providers/provider.ts';
import { UsageError } from '../../cli/errors.ts';
import { suggestion } from '../../cli/suggest.ts';
import { asRequest } from '../secrets/form.ts';

/** What signs and addresses the samples of one source. */
export interface Workshop {
  readonly provider: Provider<unknown>;
  readonly source: string;
  readonly options: unknown;
  readonly dedupeGroup?: string | undefined;
  readonly signingKey: string;
  readonly webhookUrl: string;
}

export interface Sample {
  readonly type: EventType;
  readonly recipient: string;
  readonly request: SampleRequest;
  /** What it should become, where its recipient says whose history it enters. */
  readonly event?: NormalisedEvent;
}

/** A signed request of one type; undefined where the ESP has no such event. */
export function makeSample(shop: Workshop, type: EventType, at: EpochMs, to?: string): Sample | undefined {
  const { provider, source, options, dedupeGroup } = shop;
  const recipient = to ?? `sample-${randomBytes(8).toString('hex')}@example.com`;
  const request = sampleOf(shop, { type, recipient, at });
  if (!request) return undefined;
  const { events, meta } = provider.split(asRequest(request), options);
  const read = interpreter(source, { provider, options, dedupeGroup });
  const [event] = events.flatMap((raw) => {
    const meaning = read(raw, meta, { receivedAt: new Date(at).toISOString() });
    return 'poison' in meaning ? [] : meaning.events;
  });
  return { type, recipient, request, ...(event?.recipient !== undefined && { event }) };
}

/** What the ESP would post. */
export function sampleOf(
  { provider, options, signingKey, webhookUrl }: Workshop,
  about: Pick<SampleInput<unknown>, 'type' | 'recipient' | 'at' | 'body'>,
): SampleRequest | undefined {
  const id = randomBytes(8).toString('hex');
  return provider.sample({ ...about, id, signingKey, options, webhookUrl });
}

/** The type a person typed. */
export function typeOf(word: string): EventType {
  const type = EVENT_TYPES.find((known) => known === word);
  if (type) return type;
  throw new UsageError(
    `--type: there is no such type.${suggestion(word, EVENT_TYPES)} Known: ${EVENT_TYPES.join(', ')}.`,
  );
}

/** The types of event this ESP sends. */
export const sampledTypes = (shop: Workshop): EventType[] =>
  EVENT_TYPES.filter((type) => makeSample(shop, type, Date.now()) !== undefined);
