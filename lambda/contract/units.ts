/**
 * Units that a number or a text cannot show. A plain value fits each of them, because arithmetic makes plain values; what is already said to
 * be one of them fits no other, so that milliseconds never stand where seconds are asked for.
 */
declare const unit: unique symbol;

/** Milliseconds since 1970. */
export type EpochMs = number & { readonly [unit]?: 'milliseconds' };

/** Seconds since 1970, as readers of the list in any language compare them. */
export type EpochSeconds = number & { readonly [unit]?: 'seconds' };

/** ISO 8601 in UTC with milliseconds, `2026-11-21T17:00:00.000Z`: as texts they sort by time. */
export type Iso = string & { readonly [unit]?: 'iso' };

/** An email address in its normal form (`lambda/domain/address.ts`): the one text by which people are matched. */
export type Address = string & { readonly [unit]?: 'address' };
