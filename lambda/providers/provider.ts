import type { GenericSchema } from 'valibot';
import type { EpochMs } from '../contract/units.ts';
import type { Topics } from '../domain/channel.ts';
import type { RefusalReason } from '../domain/errors.ts';
import type { EventType } from '../domain/event/event.ts';
import type { Control, NormaliseContext, Normaliser } from '../domain/interpret.ts';
import type { OwnApi } from './own-api.ts';

export type { Control, NormaliseContext, Topics };

/** One webhook request as it arrived. */
export interface WebhookRequest {
  readonly method: string;
  /** The exact bytes of the body; signatures are over these. */
  readonly body: Buffer;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Query string as received, without `?`. */
  readonly query: string;
}

export interface VerifyContext<Options> {
  /** Live values of this source's secret, newest first. Empty only where `keys` is `none`. */
  readonly secrets: readonly string[];
  readonly options: Options;
  /** Clock, epoch milliseconds. */
  readonly now: EpochMs;
  /** The URL the ESP was given for this source, where the stack knows it. */
  readonly webhookUrl?: string;
  /** Fetches a small text over https, no redirects, or throws. Used only for addresses the provider has checked. */
  readonly fetchText: (url: string) => Promise<string>;
}

/** What a valid request proved. */
export interface Proof {
  /** Position of the secret that matched. */
  readonly secretIndex?: number;
  /** The request is genuine and carries nothing to store (a ping, a validation): answer this. */
  readonly answer?: Answer;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A request's payload, cut into single events. */
export interface Payload {
  /**
   * Text of each event exactly as received: slices of the body, never re-serialised. What starts with `{` is valid JSON: it travels
   * verbatim inside the message. A broken line of JSON gets a space in front.
   */
  readonly events: readonly string[];
  /** What the headers say and the body does not (a delivery id); travels with the message. */
  readonly meta?: Readonly<Record<string, string>>;
}

/** What proves where a request comes from. */
export interface Origin {
  /** What the proof covers: the whole body, a token beside the event, or nothing (a secret that is repeated each time). */
  readonly signs: 'body' | 'token' | 'nothing';
  readonly with: 'hmac' | 'keyed-md5' | 'password' | 'public-key' | 'certificate';
}

/** Who makes the secret: the ESP, which shows it; its customer, who enters it there; nobody, where a certificate proves origin. */
export type Keys = 'shown' | 'chosen' | 'none';

export interface SampleInput<Options> {
  readonly type: EventType;
  readonly recipient: string;
  /** Event time, epoch milliseconds; also the signing time. */
  readonly at: EpochMs;
  /** Makes this sample different from others; hex. */
  readonly id: string;
  /** What signs: the shared secret, or the private key's PEM. */
  readonly signingKey: string;
  readonly options: Options;
  readonly webhookUrl?: string;
  /** Signed and posted in place of a body made here, exactly so; only a proof that stands inside the body is put in anew. */
  readonly body?: string;
}

export interface SampleRequest {
  readonly method: 'POST' | 'GET';
  readonly headers: Readonly<Record<string, string>>;
  /** Appended to the URL, without `?`. */
  readonly query?: string;
  readonly body: string;
}

export interface KeyPair {
  /** What goes into the secret map: the form the ESP shows. Absent where the provider has no secret. */
  readonly secret?: string;
  /** What signs samples. */
  readonly signingKey: string;
}

/**
 * Everything Quell knows about one ESP. Each method is pure but for `fetchText`; each throws only `RefusedRequest`
 * (verify, split) or `PoisonEvent` (normalise).
 */
export interface Provider<Options = Record<string, never>> extends Normaliser<Options> {
  /** The ESP's name as people write it. */
  readonly title: string;
  /** Schema of the source's own settings; strict, so that a misspelt option is a mistake at synth. */
  readonly options: GenericSchema<unknown, Options>;
  /** What is pasted as the secret, in which form; why there is none where `keys` is `none`. */
  readonly secret: { readonly form: string };
  readonly keys: Keys;
  readonly proof: Origin;
  /** Proofs that options of a source put in place of `proof`. */
  readonly otherProofs?: readonly (Origin & {
    readonly keys: Keys;
    readonly options: Readonly<Record<string, unknown>>;
  })[];
  /** Every type of event that comes out of `normalise`, `unknown` apart. */
  readonly emits: readonly EventType[];
  /** How the ESP itself sends a test, as an order to a person. Needed where nobody else can sign one. */
  readonly ownTest?: string;
  /**
   * How a person is taken off the ESP's own list: who was lifted here and stands there is still not mailed, and the ESP's next
   * "dropped, on our list" names the person again.
   */
  readonly clearList: string;
  /** Options that a source cannot do without, with sample values: for a stack that is only tried. */
  readonly minimalOptions?: Readonly<Record<string, unknown>>;
  /** For an ESP with an API that Quell uses; where there is none, the ESP's page in the docs says why. */
  readonly api?: OwnApi;
  /** Hosts that publish the certificates which `verify` fetches. */
  readonly certificateHosts?: readonly RegExp[];
  /** For an ESP that publishes through topics; a source that has none can accept nothing. */
  topics?(options: Options): Topics;
  /**
   * Options by which two sources are told apart that receive in the same way: through rules of EventBridge each needs the option, on the
   * queue of topics no value of it may stand in two.
   */
  readonly toldApartBy?: Readonly<Record<Exclude<Topics['via'], 'https'>, string>>;
  /** Statuses that this ESP reads differently: from our reason, or else our status, to the one it is sent. */
  readonly responses?: Readonly<Partial<Record<number | RefusalReason, number>>>;
  /**
   * The largest body that this ESP sends, where that is less than what is taken of all; nothing larger is decoded. Needed where it posts one
   * event, or where its proof stands inside the body, which is then parsed before anything is proven.
   */
  readonly maxBodyBytes?: number;
  /** This ESP delivers events by GET, in the query; all others must post. */
  readonly acceptsGet?: true;
  /** Unsigned requests (GET and HEAD probes) that are answered without effect; undefined = not a probe. */
  probe?(request: WebhookRequest): Answer | undefined;
  /** Proves origin or throws. */
  verify(request: WebhookRequest, context: VerifyContext<Options>): Proof | Promise<Proof>;
  split(request: WebhookRequest, options: Options): Payload;
  /** A new throwaway key, for local runs and tests. */
  generateKey(): KeyPair;
  /** A complete signed request for one event type; undefined where this ESP has no such event, or where its proof cannot stand in the given body. */
  sample(input: SampleInput<Options>): SampleRequest | undefined;
}

/**
 * What each function uses of a provider. Its bundle holds these members and no others: samples, key making and settings schemas, and for
 * `receive` the whole mapping, would be a third of what it loads at a cold start. The function sees them as {@link Half}, so that what the
 * compiler shows is there.
 */
export const USED = {
  receive: ['id', 'keys', 'maxBodyBytes', 'responses', 'acceptsGet', 'probe', 'verify', 'split'],
  process: ['id', 'normalise', 'control', 'bindToken', 'topics'],
  pulse: ['id', 'normalise', 'control', 'bindToken'],
  reconcile: ['id', 'title', 'normalise', 'control', 'bindToken', 'api'],
} as const satisfies Readonly<Record<string, readonly (keyof Provider)[]>>;

/** A provider as far as the bundle of a function holds it. */
export type Half<F extends keyof typeof USED> = Pick<Provider<unknown>, (typeof USED)[F][number]>;

/** Checks the object against the interface and keeps its own option type, for the registry. */
export const defineProvider = <Options>(provider: Provider<Options>): Provider<Options> => provider;
