/** Why a request was refused. The word is public: it is in the answer, in a log line and in a metric's log. */
export type RefusalReason =
  | 'unknown-source'
  | 'method-not-allowed'
  | 'address-not-allowed'
  | 'too-large'
  | 'unreadable'
  | 'missing-proof'
  | 'bad-proof'
  | 'stale'
  | 'topic-not-allowed'
  | 'unsupported'
  | 'secret-missing'
  | 'secret-unreadable'
  | 'cannot-verify'
  | 'cannot-enqueue';

export const REFUSAL_STATUS: Readonly<Record<RefusalReason, number>> = {
  'unknown-source': 404,
  'method-not-allowed': 405,
  'address-not-allowed': 403,
  'too-large': 413,
  unreadable: 400,
  'missing-proof': 401,
  'bad-proof': 401,
  stale: 401,
  'topic-not-allowed': 401,
  unsupported: 400,
  'secret-missing': 503,
  'secret-unreadable': 503,
  'cannot-verify': 503,
  'cannot-enqueue': 503,
};

/**
 * A request that is not taken in. `message` is public text: it names what to check and never quotes the request or a secret.
 * 4xx: the request is at fault. 503: we cannot tell right now, the ESP should retry.
 */
export class RefusedRequest extends Error {
  override readonly name = 'RefusedRequest';
  readonly reason: RefusalReason;
  constructor(reason: RefusalReason, message: string) {
    super(message);
    this.reason = reason;
  }
  get status(): number {
    return REFUSAL_STATUS[this.reason];
  }
}

/** The other side of a fetch answered, but not with what was asked for. */
export class FetchRefused extends Error {
  override readonly name = 'FetchRefused';
  readonly status: number;
  constructor(status: number) {
    super(`fetch answered ${status}`);
    this.status = status;
  }
  /** Asking again brings no other answer. */
  get isFinal(): boolean {
    return this.status >= 400 && this.status < 500 && this.status !== 429;
  }
}

/** An event that will never be processed by this code: goes to the dead-letter queue alone. `message` quotes no input. */
export class PoisonEvent extends Error {
  override readonly name = 'PoisonEvent';
}
