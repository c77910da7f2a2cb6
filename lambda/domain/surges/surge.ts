import { createHash } from 'node:crypto';
import { SURGE } from '../../contract/surges.ts';
import type { Iso } from '../../contract/units.ts';
import type { NormalisedEvent } from '../event/event.ts';
import { campaignOf } from './campaign.ts';

/** What surges: a link without its query, or a mail: the campaign that its sender names, else the message. */
export type Subject =
  | { readonly kind: 'link'; readonly link: string }
  | { readonly kind: 'campaign'; readonly source: string; readonly campaign: string }
  | { readonly kind: 'message'; readonly source: string; readonly messageId: string };

/** Detail of `Clicks Surging`. */
export type Surge = Subject & {
  /** Of this surge: the same in every delivery. */
  readonly fingerprint: string;
  /** Begin of the clock hour. */
  readonly hour: Iso;
  /** People's clicks in that hour, when it was noticed. */
  readonly clicks: number;
  /** Mean of the hours with clicks, of the day before; absent where there was none. */
  readonly usual?: number;
  readonly noticedAt: Iso;
};

/** What a click counts for. */
export function subjectsOf(click: NormalisedEvent): Subject[] {
  const { source, url, messageId } = click;
  const campaign = campaignOf(click);
  return [
    ...(url === undefined ? [] : [{ kind: 'link', link: url.replace(/[?#].*$/s, '') } as const]),
    ...(campaign !== undefined
      ? [{ kind: 'campaign', source, campaign } as const]
      : messageId === undefined
        ? []
        : [{ kind: 'message', source, messageId } as const]),
  ];
}

/** 32 hex digits: neither a link nor a message stands in a key. */
export const idOf = (...parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);

export const subjectId = (subject: Subject): string => idOf(...Object.values(subject));

/** @param before clicks of the hours with clicks, of the day before */
export function usualOf(before: readonly number[]): number | undefined {
  const sum = before.reduce((total, clicks) => total + clicks, 0);
  return before.length === 0 ? undefined : Math.round((10 * sum) / before.length) / 10;
}

export const isSurge = (clicks: number, usual: number | undefined, least: number): boolean =>
  clicks >= least && clicks >= SURGE.times * (usual ?? 0);
