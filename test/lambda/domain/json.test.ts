import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  parseElements,
  parseJson,
  parseMembers,
  sliceElements,
  sliceMember,
  TooManyValues,
  UnreadableJson,
} from '../../../lambda/domain/json.ts';

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

  test('of a member that comes twice the last one counts, as it does to a parser; its name may be written in escapes', () => {
    const text = '{"a":1, "\\u0061" : 2 ,"b":3}';
    expect([sliceMember(text, 'a'), sliceMember(text, 'b'), sliceMember(text, 'c')]).toEqual(['2', '3', undefined]);
    expect(parseJson(text)).toEqual({ a: 2, b: 3 });
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

  test('the shortest integers that would lose digits keep them, wherever they stand', () => {
    expect(parseJson('[9007199254740993,1]')).toEqual(['9007199254740993', 1]);
    expect(parseJson('9007199254740993')).toBe('9007199254740993');
    expect(parseJson('"9007199254740993"')).toBe('9007199254740993');
  });

  test('more values than are taken are refused, whatever the text', () => {
    expect(parseJson('[[1,2],3]', 64, 4)).toEqual([[1, 2], 3]);
    expect(() => parseJson('[[1,2],3]', 64, 3)).toThrow(new TooManyValues('JSON of more than 3 values'));
    expect(() => parseJson(`[${'0,'.repeat(500_000)}0]`)).toThrow('JSON of more than 500000 values');
    expect(parseElements('[1,2]', 2).slices).toEqual(['1', '2']);
    expect(() => parseElements('[1,2,3]', 2)).toThrow(new TooManyValues('an array of more than 2 elements'));
  });

  test('an error says where, as far as that is known', () => {
    expect(() => parseJson('{"a":1')).toThrow(new UnreadableJson('not JSON at offset 6'));
    expect(() => parseJson('')).toThrow(new UnreadableJson('not JSON'));
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
