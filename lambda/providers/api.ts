import type { EpochMs } from '../contract/units.ts';

/**
 * An ESP's own HTTP API, as far as Quell uses it: past events, the ESP's own suppression lists, its webhooks. What stands in a provider's
 * `api.ts` describes requests and reads answers; whoever calls it brings the network, the key, the pace and the patience.
 */

/** What a request is for. A key may be allowed one and not the other. */
export type Use = 'events' | 'lists' | 'clear' | 'push' | 'webhook';

export interface ApiRequest {
  readonly use: Use;
  /** For people, after "to": `read events`. Never holds an address: it stands in errors, and the path does not. */
  readonly what: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** From the API's base on, with its query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** An address that the ESP named, in place of `path`: fetched without the key, its text taken as it is. */
  readonly download?: string;
  /** False for an answer that is not what was asked for, a maintenance page in place of a file: it is asked again. */
  isSound?(text: string): boolean;
  /**
   * Where an answer that is one holds what was asked for, by names with dots between; `[]` at its end = a list. An answer without it, an
   * error in JSON with status 200, is asked for again.
   */
  readonly holds?: string;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as a form. */
  readonly form?: readonly (readonly [string, string])[];
  /** Statuses beside 2xx that the API's reader understands itself. All others are errors. */
  readonly accepts?: readonly number[];
  /** Never sent a second time once the ESP may have acted on it: it would happen twice. */
  readonly once?: true;
}

export interface ApiAnswer {
  readonly status: number;
  /** As it came: events are cut out of it, so that no number is written anew. */
  readonly text: string;
  /** The body, parsed with all digits kept; undefined where it is empty. */
  readonly json: unknown;
}

export type Call = (request: ApiRequest) => Promise<ApiAnswer>;

export interface ApiContext {
  readonly call: Call;
  /** Epoch milliseconds. */
  readonly now: EpochMs;
  /** What the ESP keeps its data by, where `EspApi.domain` asks for it. */
  readonly domain: string;
  /** Name of the source: the last part of its webhook's URL. */
  readonly source: string;
  /** Milliseconds, for work that the ESP does meanwhile. */
  wait(ms: number): Promise<unknown>;
}

/** The token of the next page is no longer known: the window has to be read from its beginning. */
export class CursorLost extends Error {
  override readonly name = 'CursorLost';
}

/** A stretch of time in epoch milliseconds; its end is not part of it. */
export interface TimeWindow {
  readonly from: EpochMs;
  readonly to: EpochMs;
}

export interface EventPage {
  /** Each as the webhook would have carried it: the raw event that the provider's `normalise` reads. */
  readonly events: readonly string[];
  /** Items that cannot be told from others (masked, no id) or that no webhook carries. */
  readonly passed?: number;
  /** Why something of this window cannot be read at all, as a sentence. */
  readonly lost?: string;
}

export interface EventsApi {
  /** Most days that the ESP looks back. */
  readonly reachDays: number;
  /** Minutes until an event shows in the API: what is younger may be incomplete. */
  readonly settleMinutes: number;
  /** Hours that are read as one: a run that was cut off goes on at the last whole one. Default 6. */
  readonly sliceHours?: number;
  /** Rows move from page to page while they are read: a slice is read again until it brings nothing new. */
  readonly shifts?: true;
  /** The ESP's window is over the time of the mail, not of the event: days before the window in which mails are looked for. */
  readonly mailDays?: number;
  /** What a webhook would have told and this API cannot, as a sentence. */
  readonly lacks?: string;
  pages(context: ApiContext, window: TimeWindow): AsyncIterable<EventPage>;
}

export type ListReason = 'hard_bounce' | 'complaint' | 'unsubscribe' | 'manual';

/** One address on one of the ESP's own lists. */
export interface ListEntry {
  readonly address: string;
  /** The ESP's name of the list, and of the part of it (stream, group, domain). */
  readonly list: string;
  readonly part?: string;
  readonly reason: ListReason;
  /** Of an unsubscribe from a part of the mail: `<kind>:<id>`, as the webhook names it. Absent = all mail. */
  readonly scope?: string;
  /** As the ESP writes it; part of what makes the entry this one. */
  readonly since?: string;
  /** Epoch milliseconds of `since`. */
  readonly at?: EpochMs;
  /** What the ESP removes it by, where that is not the address. */
  readonly id?: string;
  /** Why the ESP does not let it be removed, as a sentence. */
  readonly stays?: string;
}

/** `gone` = it was not there any more. */
type Removed = 'removed' | 'gone' | { readonly refused: string };

export interface ListsApi {
  /** What the lists do not hold or tell, as a sentence. */
  readonly lacks?: string;
  /**
   * All entries, page by page; some may come twice. Absent where the ESP answers for one address only.
   * @param since epoch milliseconds: older ones are not wanted, and left out where the ESP can be asked so
   */
  read?(context: ApiContext, since?: EpochMs): AsyncIterable<readonly ListEntry[]>;
  /** Where one address stands; reads everything where the ESP cannot be asked. */
  find(context: ApiContext, address: string): Promise<readonly ListEntry[]>;
  remove?(context: ApiContext, entry: ListEntry): Promise<Removed>;
  /** Puts addresses on the ESP's list. Absent where it takes none. */
  readonly add?: {
    /** Addresses to one request. */
    readonly atOnce: number;
    /** Reasons that may be brought; never `complaint` where the ESP would not let it be removed again. */
    readonly reasons: readonly ListReason[];
    /** Addresses that the ESP did not take. */
    send(context: ApiContext, addresses: readonly string[]): Promise<readonly string[]>;
  };
}

/** A webhook that exists at the ESP. */
export interface Hook {
  readonly id: string;
  readonly url: string;
}

export interface HookWish {
  readonly url: string;
  /** The source's secret, where its customer chooses it; in the form of the secret map. */
  readonly secret: string;
}

export interface WebhooksApi {
  /** `given`: the ESP makes it and tells it here. `chosen`: we make it. `apart`: the ESP makes it and shows it in its own pages only. */
  readonly secret: 'given' | 'chosen' | 'apart';
  /** The receiver is called while the webhook is made: our secret has to be stored before. */
  readonly probes?: true;
  list(context: ApiContext): Promise<readonly Hook[]>;
  /** Makes it and returns the secret where it is `given`. */
  create(context: ApiContext, wish: HookWish): Promise<string | undefined>;
  /** Ticks the events of one that exists, switches it on, and returns the secret where it is `given`. */
  update(context: ApiContext, hook: Hook, wish: HookWish): Promise<string | undefined>;
  remove(context: ApiContext, hook: Hook): Promise<void>;
  /** Has the ESP post a test. Resolves to the recipient whose history will show it, or undefined where a test leaves no event. */
  test?(context: ApiContext, hook: Hook): Promise<string | undefined>;
}

export interface EspApi {
  /** Base URL, the usual region's. Others are given by hand. */
  readonly base: string;
  /** Other bases that the ESP has, for the help. */
  readonly otherBases?: readonly string[];
  /** What kind of key, as the ESP calls it. */
  readonly key: string;
  /** Which right of the key each use needs, as the ESP calls it. */
  readonly rights: Readonly<Partial<Record<Use, string>>>;
  /** Requests a second that are surely within the ESP's limits. */
  readonly perSecond: number;
  /** Header that says in how many seconds the limit ends, where it is not `Retry-After`. */
  readonly resetHeader?: string;
  /** Hours for which its webhook posts again what was not taken. Default 24. */
  readonly retriesHours?: number;
  /** What `--domain` means here; absent = it is not needed. */
  readonly domain?: string;
  /** Requests are signed with AWS credentials, for this service, in place of a key. Its base is the Region's own. */
  readonly signedByAws?: string;
  /** Adds the key. */
  authorise(request: ApiRequest, key: string): ApiRequest;
  /** For an ESP that says by other than 401 and 403 that it refuses the key. */
  keyRefused?(answer: ApiAnswer): boolean;
  readonly events?: EventsApi;
  readonly lists?: ListsApi;
  readonly webhooks?: WebhooksApi;
}

/** Checks the object against the interface. */
export const defineApi = (api: EspApi): EspApi => api;
