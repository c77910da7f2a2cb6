import { UNSUBSCRIBE_SOURCE } from '../contract/unsubscribe.ts';
import { PoisonEvent } from './errors.ts';
import type { Draft, NormalisedEvent } from './event/event.ts';
import { type Arrival, normalisedEvent } from './event/normalised.ts';
import { LISTED, normaliseListed } from './suppression/listed.ts';
import { normaliseAct, OPERATOR } from './suppression/operator.ts';
import { normaliseWish } from './unsubscribe/event.ts';

/**
 * The one place that says what a raw event means. Whoever needs to know (`process`, the commands, the heartbeat, the bench) asks here, so
 * that none of them can answer otherwise.
 */

export interface NormaliseContext<Options> {
  readonly options: Options;
  /** What the request's headers said and its body does not. */
  readonly meta: Readonly<Record<string, string>>;
}

/** An act a verified message asks for, done once by `process`; never on replay. */
export type Control =
  | { readonly kind: 'confirm-subscription'; readonly topicArn: string; readonly token: string }
  /** An address that the provider has checked to be the ESP's own. */
  | { readonly kind: 'fetch-url'; readonly url: string };

/** What an ESP signed instead of the event, and the digest (SHA-256, hex) of the raw event that came with it. */
export interface SignedToken {
  readonly token: string;
  readonly digest: string;
}

/** The part of a provider that understands its raw events. Each method throws `PoisonEvent` and nothing else. */
export interface Normaliser<Options> {
  readonly id: string;
  /** One raw event to its facts: one draft per affected recipient; none where it is only a control message. */
  normalise(raw: string, context: NormaliseContext<Options>): readonly Draft[];
  control?(raw: string): Control | undefined;
  /**
   * For an ESP that signs a token and not the event. `process` keeps the pair before the event counts, so that a second event under one
   * token is refused. Undefined = no token.
   */
  bindToken?(raw: string): SignedToken | undefined;
}

/** How the raw events of one source are read. */
export interface Reading<Options> {
  readonly provider: Normaliser<Options>;
  /** The source's own settings, as its provider's schema parsed them. */
  readonly options: Options;
  /** Default: the source's name. */
  readonly dedupeGroup?: string | undefined;
}

/** What a raw event means, or why it means nothing. */
type Meaning =
  | {
      /** One per affected recipient; none where it is only a control message. */
      readonly events: readonly NormalisedEvent[];
      readonly control?: Control;
      readonly token?: SignedToken;
    }
  | {
      /** Why nothing will ever come of it: a sentence that quotes no input. */
      readonly poison: string;
    };

/** Reads one raw event. Never throws. */
export type Interpreter = (
  raw: string,
  meta: Readonly<Record<string, string>> | undefined,
  arrival: Pick<Arrival, 'receivedAt' | 'requestId'>,
) => Meaning;

/** How operators' acts are read: no ESP is behind them. */
export const OPERATOR_ACTS: Reading<unknown> = {
  provider: { id: OPERATOR, normalise: (raw) => [normaliseAct(raw)] },
  options: {},
};

/** What people ask for by a link of their mail: no ESP is behind that either. */
const WISHES: Reading<unknown> = {
  provider: { id: UNSUBSCRIBE_SOURCE, normalise: (raw) => [normaliseWish(raw)] },
  options: {},
};

/** Sources that no settings name and no ESP is behind. */
export const BUILT_IN: ReadonlyMap<string, Reading<unknown>> = new Map([
  [OPERATOR, OPERATOR_ACTS],
  [UNSUBSCRIBE_SOURCE, WISHES],
]);

export function interpreter<Options>(source: string, reading: Reading<Options>): Interpreter {
  const { provider, options, dedupeGroup = source } = reading;
  return (raw, meta = {}, arrival) => {
    try {
      const place = { source, provider: provider.id, dedupeGroup, ...arrival };
      if (meta[LISTED] !== undefined) return { events: [normalisedEvent(normaliseListed(raw), place)] };
      const events = provider.normalise(raw, { options, meta }).map((draft) => normalisedEvent(draft, place));
      const control = provider.control?.(raw);
      const token = provider.bindToken?.(raw);
      return { events, ...(control && { control }), ...(token && { token }) };
    } catch (error) {
      return { poison: whyPoison(error) };
    }
  };
}

/** Our own words, or the mere name of an error that is not ours: its message may quote the input. */
export const whyPoison = (error: unknown): string =>
  error instanceof PoisonEvent
    ? error.message
    : `The provider's code failed (${error instanceof Error ? error.name : typeof error}).`;
