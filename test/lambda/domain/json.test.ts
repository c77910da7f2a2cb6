import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseJson, parseMembers, sliceElements, sliceMember, UnreadableJson } from '../../../lambda/domain/json.ts';

describe('JSON slices', () => {
  test('an array is cut into its elements, to the letter', () => {
    expect(sliceElements(' [ {"a": 1.0, "s":"],\\"{"} ,[2,3], "x" ]\n')).toEqual([
      '{"a": 1.0, "s":"],\\"{"}',
      '[2,3]',
      '"x"',
    ]);
    expect(sliceElements('{"a":[1,2]}')).toEqual(['{"a":[1,2]}']);
    expect(sliceElements('[]')).toEqual([]);
  });

  test('property: slices of any array parse to its elements, and joined they are the array', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.constantFrom(undefined, 1), (items, indent) => {
        const text = JSON.stringify(items, undefined, indent);
        const slices = sliceElements(text);
        expect(slices.map((slice) => JSON.parse(slice))).toEqual(JSON.parse(text));
        for (const slice of slices) expect(text).toContain(slice);
      }),
    );
  });

  test('property: a member is cut out whatever stands beside it', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue(), (others, value) => {
        const text = JSON.stringify({ ...others, events: value });
        expect(JSON.parse(sliceMember(text, 'events') ?? '')).toEqual(JSON.parse(JSON.stringify(value)));
        const { value: parsed, slice } = parseMembers(text, Number.POSITIVE_INFINITY);
        expect(parsed).toEqual(parseJson(text, Number.POSITIVE_INFINITY));
        for (const name of ['events', ...Object.keys(others)]) expect(slice(name)).toBe(sliceMember(text, name));
      }),
    );
  });
});

describe('parseJson', () => {
  test('integers beyond 2^53 keep their digits, as strings; others stay numbers', () => {
    expect(parseJson('{"a":20547674933128001,"b":-20547674933128002,"c":9007199254740991,"d":1.5,"e":1e300}')).toEqual({
      a: '20547674933128001',
      b: '-20547674933128002',
      c: 9007199254740991,
      d: 1.5,
      e: 1e300,
    });
  });

  test('an error holds an offset and never the input', () => {
    const secret = 'ada@example.com';
    for (const bad of [`${secret}{`, `{"a":"${secret}"`, `[1,${secret}]`, '', '\uffff']) {
      expect(() => parseJson(bad)).toThrow(UnreadableJson);
      try {
        parseJson(bad);
      } catch (error) {
        expect(`${(error as Error).message} ${(error as Error).cause}`).not.toMatch(/ada|example/);
      }
    }
  });

  test('nesting is refused long before the stack ends', () => {
    expect(() => parseJson('['.repeat(500_000))).toThrow('nested deeper than 64');
    expect(() => parseJson(`${'{"a":'.repeat(65)}1${'}'.repeat(65)}`)).toThrow('nested deeper than 64');
    expect(parseJson(`${'['.repeat(64)}${']'.repeat(64)}`)).toBeDefined();
  });
});
