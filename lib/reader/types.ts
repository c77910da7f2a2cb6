import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** How a reader asks. */
export interface ReaderOptions {
  /** Made by the caller, so that region, credentials and its own retries are the caller's. */
  readonly client: Pick<DynamoDBClient, 'send'>;
  /** Name of the suppression table, e.g. `quell-prod-suppression`; from another account its ARN. */
  readonly table: string;
  /**
   * The clock, epoch milliseconds.
   * @default Date.now
   */
  readonly now?: () => number;
  /**
   * Reads what was written a moment ago, at twice the price.
   * @default false
   */
  readonly consistent?: boolean;
  /**
   * Milliseconds for one request, of which there are up to 4 for a single address. The SDK itself has no end.
   * @default 3000
   */
  readonly timeout?: number;
}

/** Which mail is about to be sent. */
export interface Question {
  /**
   * The list, group, topic or stream it belongs to, `<source>:<kind>:<id>`; several where one list is mailed through several sources.
   * @example 'sendgrid-marketing:asm:42'
   * @default none: only what suppresses all marketing mail counts
   */
  readonly scope?: string | readonly string[];
  /**
   * A mail the recipient waits for (password reset, receipt): unsubscribes, and so scopes, do not stop it.
   * @default false: marketing
   */
  readonly transactional?: boolean;
}

/** Why somebody is suppressed; to show to people, never to decide by. */
export type Reason = 'hard_bounce' | 'complaint' | 'unsubscribe' | 'soft_bounces' | 'manual';

interface Asked {
  /** As it was given. */
  readonly email: string;
}

/** Nothing holds this mail back. */
export interface Clear extends Asked {
  readonly status: 'clear';
  /** In normal form. */
  readonly address: string;
}

/** This mail must not be sent. */
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
        /** Name of the last error, or the code of a connection that failed: `ThrottlingException`, `ECONNREFUSED`. Never its message, which may quote. */
        readonly error: string;
      }
  );

/** What a reader says of one address; `status` says which of the three. */
export type Answer = Clear | Suppressed | Unknown;

/** Made by `createReader`. */
export interface Reader {
  /**
   * Asks about one address, with one read of the table. Never throws: what went wrong is `unknown`, with the reason in `why`.
   * @example
   * const answer = await reader.check('ada@example.com', { scope: 'shop:list:weekly' });
   * if (answer.status === 'clear') await sendNewsletter();
   */
  check(email: string, question?: Question): Promise<Answer>;
  /**
   * Asks about many, 100 to a request: one answer per given address, in the order given. Forgets none; what went wrong with one is its
   * answer, `unknown`.
   * @throws only what `emails` itself throws while it is gone through, before anything is asked
   * @example
   * const answers = await reader.checkMany(campaign.emails);
   * const send = answers.filter(({ status }) => status === 'clear').map(({ email }) => email);
   */
  checkMany(emails: Iterable<string>, question?: Question): Promise<Answer[]>;
}

/** What an unsubscribe link says, and what makes it. */
export interface UnsubscribeOptions {
  /** Who gets the mail. It cannot be read from the link. */
  readonly address: string;
  /**
   * What the person leaves: the scope that readers will ask for, at most 255 octets.
   * @default 'all'
   */
  readonly scope?: string;
  /** Unsubscribe keys of the stack, newest first: the first one makes the token. One is enough. */
  readonly keys: string | readonly string[];
  /** Public URL of the stack, e.g. `https://hooks.example.com`. */
  readonly baseUrl: string;
  /**
   * The clock, epoch milliseconds: the link holds when it was made.
   * @default Date.now
   */
  readonly now?: () => number;
}

/** Names and values of header fields, each one line. */
export interface UnsubscribeHeaders {
  /** One URL in angle brackets. */
  readonly 'List-Unsubscribe': string;
  readonly 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click';
}
