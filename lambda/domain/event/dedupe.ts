import { hash } from 'node:crypto';
import type { Draft } from './event.ts';

/**
 * What makes two deliveries the same event: a hash over the dedupe group and the ESP's own words. 32 hex digits (128 bits).
 * The parts are written as JSON, so that no two lists of parts read the same.
 */
export function fingerprint(group: string, provider: string, identity: Draft['identity']): string {
  const parts = identity.map((part) => (part === undefined || part === null ? null : String(part)));
  return hash('sha256', JSON.stringify([group, provider, ...parts]), 'hex').slice(0, 32);
}
