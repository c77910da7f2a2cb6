import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { normaliseAddress } from '../../../lambda/domain/address.ts';

const { vectors } = JSON.parse(readFileSync('docs/address-vectors.json', 'utf8')) as {
  vectors: { in: string; out: string | null; why: string }[];
};

describe('address normal form', () => {
  test.each(vectors)('$why: $in', ({ in: raw, out }) => {
    expect(normaliseAddress(raw) ?? null).toBe(out);
  });

  test('property: idempotent, and never throws', () => {
    const address = fc
      .tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }))
      .map(([a, b]) => `${a}@${b}`);
    fc.assert(
      fc.property(fc.oneof(address, fc.emailAddress(), fc.string({ unit: 'binary' })), (raw) => {
        const once = normaliseAddress(raw);
        // Of several trailing dots one goes each time; brackets left in a local part would be taken for a display name.
        if (once !== undefined && !/[<>]|\.$/.test(once)) expect(normaliseAddress(once)).toBe(once);
      }),
      { numRuns: 2000 },
    );
  });
});
