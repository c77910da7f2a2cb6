import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

export interface ReaderOptions {
  /** Made by the caller, so that region, credentials and its own retries are the caller's. */
  readonly client: Pick<DynamoDBClient, 'send'>;
  /** Name of the suppression table; from another account its ARN. */
  readonly table: string;
  /** Epoch milliseconds; default `Date.now`. */
  readonly now?: () => number;
  /** Reads what was written a moment ago, at twice the price; default false. */
  readonly consistent?: boolean;
  /** Milliseconds for one request, of which there are up to 4 for a single address; default 3,000. The SDK itself has no end. */
  readonly timeout?: number;
}

/** Which mail is about to be sent. */
export interface Question {
  /** The list, group, topic or stream it belongs to, `<source>:<kind>:<id>`; several where one list is mailed through several sources. */
  readonly scope?: string | readonly string[];
  /** A mail the recipient waits for (password reset, receipt): unsubscribes, and so scopes, do not stop it. Default false: marketing. */
  readonly transactional?: boolean;
}

export type Reason = 'hard_bounce' | 'complaint' | 'unsubscribe' | 'soft_bounces' | 'manual';

interface Asked {
  /** As it was given. */
  readonly email: string;
}

export interface Clear extends Asked {
  readonly status: 'clear';
  /** In normal form. */
  readonly address: string;
}

export interface Suppressed extends Asked {
  readonly status: 'suppressed';
  readonly address: string;
  /** Epoch seconds; `FOREVER` = without end. */
  readonly until: number;
  /** What suppresses longest; absent where the entry keeps no reasons (erased on request). */
  readonly reason?: Reason;
  /** The scope that was unsubscribed from, where that is the reason. */
  readonly scope?: string;
}

/** Nobody knows. Marketing mail waits for an answer, transactional mail is sent. */
export type Unknown = Asked & { readonly status: 'unknown' } & (
    | { readonly why: 'not-an-address' }
    | {
        readonly why: 'lookup-failed';
        readonly address: string;
        /** Name of the last error, e.g. `ThrottlingException`. Never its message, which may quote. */
        readonly error: string;
      }
  );

export type Answer = Clear | Suppressed | Unknown;

export interface Reader {
  /** Asks about one address. Never throws. */
  check(email: string, question?: Question): Promise<Answer>;
  /** Asks about many, one answer per given address, in the order given. Never throws, forgets none. */
  checkMany(emails: Iterable<string>, question?: Question): Promise<Answer[]>;
}

export interface UnsubscribeOptions {
  readonly address: string;
  /** What the person leaves: the scope that readers will ask for, at most 255 octets; default `all`. */
  readonly scope?: string;
  /** Unsubscribe keys of the stack, newest first: the first one makes the token. One is enough. */
  readonly keys: string | readonly string[];
  /** Public URL of the stack, e.g. `https://hooks.example.com`. */
  readonly baseUrl: string;
  /** Epoch milliseconds; default `Date.now`. */
  readonly now?: () => number;
}

/** Names and values of header fields, each one line. */
export interface UnsubscribeHeaders {
  /** One URL in angle brackets. */
  readonly 'List-Unsubscribe': string;
  readonly 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click';
}
