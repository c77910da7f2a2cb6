/** Attribute names of both tables. Keys, the reader's rule and TTL are contracts with readers in other languages. */
export const EVENTS = {
  /** Address in normal form, or an {@link internalKey} of source and message id (else 2 hex of the fingerprint) where there is no recipient. */
  partitionKey: 'recipient',
  /** `<occurredAt>#<fingerprint>`; `-#<fingerprint>` where there is no time. */
  sortKey: 'eventKey',
  /** Epoch seconds; DynamoDB deletes the item some time after. */
  expiry: 'expiresAt',
  /** True on what a replay wrote that was not to be published. */
  replayed: 'replayed',
} as const;

/** Index of the events table by message id, where the settings want it. Its sort key is the table's. */
export const BY_MESSAGE = { name: 'byMessage', partitionKey: 'messageId' } as const;

/** What `searchKeys` of the settings calls the id that `receive` answered with; every other of its words is a key of custom data. */
export const REQUEST_KEY = 'requestId';

/** Attribute, and partition key of an index, that holds the value of a custom key, named in lower case. */
export const customAttribute = (key: string): string => `custom:${key}`;
export const isCustomAttribute = (name: string): boolean => name.startsWith('custom:');

/** Index of the events table by a search key of the settings; holds only events that have it. Its sort key is the table's. */
export const bySearchKey = (key: string): { readonly name: string; readonly partitionKey: string } => ({
  name: `bySearch-${key}`,
  partitionKey: key === REQUEST_KEY ? key : customAttribute(key),
});

/**
 * Index of the events table by hour of arrival, of what went wrong or was changed by hand only: other events have no such key and are not
 * in it. Its partition key is `<YYYY-MM-DDTHH>#<shard in hex>`, its sort key the table's.
 */
export const BY_HOUR = { name: 'byHour', partitionKey: 'hour' } as const;

/**
 * Partitions of an hour: DynamoDB takes 1,000 writes a second in one, and an index that is full throttles its table. Sixteen take a wave of
 * 16,000 bounces a second.
 */
export const HOUR_SHARDS = 16;

/** @param shard 0 to 15 */
export const hourKey = (hour: string, shard: number): string => `${hour.slice(0, 13)}#${shard.toString(16)}`;

/** Partition key of what is about no address, in either table: no address begins so. */
export const internalKey = (...parts: readonly string[]): string => `~${parts.join('#')}`;

/** Partition key, in the suppression table, of the list of what does not count. */
export const RETRACTIONS_KEY = internalKey('retractions');

/**
 * What operators did, in the events table: an item for each act, in partitions by month (UTC). `at` is ISO 8601; the sort key is the time it
 * began and its id. No source may have such a name.
 */
export const auditKey = (at: string): string => internalKey('quell-audit', at.slice(0, 7));

/** Partition of the keys of all acts on one address, source, import or whatever else they were about. */
export const auditedKey = (subject: string): string => internalKey('quell-on', subject);

export const isInternal = (partitionKey: string): boolean => partitionKey.startsWith('~');

export const SUPPRESSION = {
  /** Address in normal form. */
  partitionKey: 'recipient',
  /** Epoch seconds until which no marketing mail may be sent; 0 = may be sent. */
  suppressedUntil: 'suppressedUntil',
  /** Epoch seconds until which no transactional mail may be sent; 0 = may be sent. */
  transactionalUntil: 'transactionalUntil',
  /** Map from scope to epoch seconds until which mail of that list, group, topic or stream may not be sent. */
  scopes: 'scopes',
  /** Map from reason to its marks: what was reported, when, by whom, until when it counts. */
  reasons: 'reasons',
  /** Counts writes; every write is conditional on it. */
  version: 'version',
  updatedAt: 'updatedAt',
  /** The version that a replay wrote, where that was not to be published. */
  replayedVersion: 'replayedVersion',
} as const;

/** "For ever" in epoch seconds: 9999-12-31T23:59:59Z. */
export const FOREVER = 253_402_300_799;
