import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isAltered, normaliseAddress, sameButCase } from '../../../lambda/domain/address.ts';
import { byChance } from '../../support/surroundings/chance.ts';

const { vectors } = JSON.parse(readFileSync('docs/address-vectors.json', 'utf8')) as {
  vectors: { in: string; out: string | null; why: string }[];
};

describe('address normal form', () => {
  test.each(vectors)('$why: $in', ({ in: raw, out }) => {
    expect(normaliseAddress(raw) ?? null).toBe(out);
  });

  test('property: an address that is told to be plain at first sight is the one that a thorough look finds', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9._+@-]{1,40}$/), (raw) => {
        // Blanks are taken away, and send it the long way.
        expect(normaliseAddress(raw)).toBe(normaliseAddress(` ${raw} `));
      }),
    );
    const long = `a@${'b'.repeat(319)}`;
    expect(normaliseAddress(long)).toBe(normaliseAddress(` ${long}`));
    expect(normaliseAddress(`${long.slice(0, -1)}`)).toBe(long.slice(0, -1));
  });

  test('property: idempotent, and never throws', () => {
    const address = fc
      .tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }))
      .map(([a, b]) => `${a}@${b}`);
    const anyText = fc
      .array(fc.integer({ min: 0, max: 0x10ffff }), { maxLength: 20 })
      .map((points) => String.fromCodePoint(...points));
    fc.assert(
      fc.property(fc.oneof(address, fc.emailAddress(), anyText), (raw) => {
        const once = normaliseAddress(raw);
        // Of several trailing dots one goes each time; brackets left in a local part would be taken for a display name.
        if (once !== undefined && !/[<>]|\.$/.test(once)) expect(normaliseAddress(once)).toBe(once);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('whose address it is', () => {
  const KEY = 'victim@gmail.com';
  const isEvidence = (given: string, key = KEY): boolean => normaliseAddress(given) === key && !isAltered(given, key);

  test.each([
    KEY,
    'Victim@GMail.com',
    ' victim@gmail.com\t',
    '<victim@gmail.com>',
    '< victim@gmail.com >',
    'victim@gmail.com.',
    'Vic Tim <victim@gmail.com>',
    '"Tim, Vic" <VICTIM@gmail.com>',
    'VICTIM@gmail.com <victim@gmail.com>',
    'J\u00f6rg \u212a <victim@gmail.com>',
  ])('%j is the same person', (given) => {
    expect(isEvidence(given)).toBe(true);
  });

  test.each([
    ['ad\u00e9@example.com', 'ad\u00e9@example.com'],
    ['ade\u0301@example.com', 'ad\u00e9@example.com'],
    ['ada@b\u00fccher.example', 'ada@xn--bcher-kva.example'],
    ['ada@bu\u0308cher.example', 'ada@xn--bcher-kva.example'],
    ['ADA@XN--BCHER-KVA.example.', 'ada@xn--bcher-kva.example'],
    ['ada@fa\u00df.example', 'ada@xn--fa-hia.example'],
    ['ada@\u00fc%.example', 'ada@\u00fc%.example'],
  ])('%j is the same person as %j', (given, key) => {
    expect(isEvidence(given, key)).toBe(true);
  });

  test.each([
    '"<victim@gmail.com>"@attacker.example',
    'x@attacker.example (<victim@gmail.com>)',
    'x@attacker.example(<victim@gmail.com>)',
    'x@attacker.example <victim@gmail.com>',
    '<x@attacker.example> <victim@gmail.com>',
    'victim@gma\u00adil.com',
    'victim@gma\u200bil.com',
    'victim@gma\u2060il.com',
    'victim@\uff47mail.com',
    'victim@gmail\uff0ecom',
    'victim@gmail\u3002com',
    '\u00a0victim@gmail.com',
    'victim@gmail.com\ufeff',
    '\u3000victim@gmail.com',
    '<\u00a0victim@gmail.com>',
    'victim@gmail.com..',
  ])('%j is no evidence about the victim', (given) => {
    expect(isEvidence(given)).toBe(false);
  });

  test.each(['mi\u212ae@gmail.com', 'mi\u212ae2\u00e9@gmail.com'])('%j is not mike', (given) => {
    expect(isAltered(given, normaliseAddress(given) as string)).toBe(true);
  });

  test(
    'no single character of Unicode, put in or for another anywhere, makes a stranger of the victim',
    byChance((chance) => {
      const spelling = /^[\t-\r <>]*victim@gmail\.com\.?[\t-\r <>]*$/i;
      const wrong: string[] = [];
      const places = [0, 2, 9, 16];
      // By night each in each place; by day each in one of them, in each run another.
      const turn = chance.below(places.length);
      const points = [...Array(0x10000).keys(), ...Array.from({ length: 0x200 }, (_none, at) => 0xe0000 + at)];
      for (const point of points) {
        const char = String.fromCodePoint(point);
        for (const at of process.env.NIGHTLY ? places : places.slice((point + turn) % 4, ((point + turn) % 4) + 1)) {
          for (const given of [KEY.slice(0, at) + char + KEY.slice(at), KEY.slice(0, at) + char + KEY.slice(at + 1)])
            if (isEvidence(given) && !spelling.test(given)) wrong.push(given);
        }
      }
      expect(wrong).toEqual([]);
    }),
    60_000,
  );

  test('of an address that is called invalid ASCII case is all that may differ', () => {
    expect(sameButCase('Victim@GMAIL.com', KEY)).toBe(true);
    for (const given of [' victim@gmail.com', '<victim@gmail.com>', 'victim@gmail.com.', 'V <victim@gmail.com>'])
      expect(sameButCase(given, KEY)).toBe(false);
  });
});
