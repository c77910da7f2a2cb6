import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PoisonEvent, RefusedRequest } from '../../../../lambda/domain/errors.ts';
import {
  formEvent,
  formFields,
  formOrJsonEvent,
  formOrJsonFields,
  MAX_FORM_DEPTH,
  MAX_FORM_FIELDS,
} from '../../../../lambda/providers/shared/form/form.ts';
import { post, reasonOf } from '../../../support/providers/cases.ts';

const plain = (text: string): unknown => JSON.parse(JSON.stringify(formFields(text)));

describe('forms', () => {
  test.each([
    ['a=1&b=2', { a: '1', b: '2' }],
    ['a=x+y%20%26&b=%C3%A9', { a: 'x y &', b: 'é' }],
    ['data[email]=a%40b&data%5Bmerges%5D%5BFNAME%5D=Ada', { data: { email: 'a@b', merges: { FNAME: 'Ada' } } }],
    ['a[]=1&a[]=2', { a: { 0: '1', 1: '2' } }],
    ['a=1&a=2', { a: '1' }],
    ['a=1&a[b]=2', { a: '1' }],
    ['a[b]=2&a=1', { a: { b: '2' } }],
    ['a[b=1&[c]=2&a]b[=3', { 'a[b': '1', '[c]': '2', 'a]b[': '3' }],
    ['=1', { '': '1' }],
    ['a=%ff%zz', { a: '\ufffd%zz' }],
  ])('%s', (text, expected) => {
    expect(plain(text)).toEqual(expected);
  });

  test('no name reaches a prototype', () => {
    const fields = formFields('__proto__[x]=1&a[__proto__][x]=1&a[constructor][prototype][x]=1&toString=2') as Record<
      string,
      never
    >;
    expect(({} as Record<string, unknown>).x).toBeUndefined();
    expect(Object.keys(fields)).toEqual(['a', 'toString']);
    expect(Object.getPrototypeOf(fields)).toBeNull();
    expect(fields.hasOwnProperty).toBeUndefined();
  });

  test('number and depth of fields are bounded', () => {
    const many = Array.from({ length: MAX_FORM_FIELDS }, (_, n) => `f${n}=1`).join('&');
    expect(Object.keys(formFields(many))).toHaveLength(MAX_FORM_FIELDS);
    expect(() => formFields(`${many}&x=1`)).toThrow(PoisonEvent);
    expect(reasonOf(() => formEvent(post(`${many}&x=1`)))).toBe('unreadable');
    const deep = (levels: number) => `a${'[b]'.repeat(levels)}=1`;
    expect(() => formFields(deep(MAX_FORM_DEPTH))).not.toThrow();
    expect(reasonOf(() => formEvent(post(deep(MAX_FORM_DEPTH + 1))))).toBe('unreadable');
  });

  test.each(['', 'null', 'ada@example.com', '{"a":"="}', '[1]', '  {"a=b":1}'])('%j is no form', (text) => {
    expect(reasonOf(() => formEvent(post(text)))).toBe('unreadable');
    expect(() => formFields(text)).toThrow(PoisonEvent);
  });

  test('either is taken where the ESP sends either, and told apart by its first sign', () => {
    expect(formOrJsonEvent(post('event=open&x=%7B'))).toEqual(['event=open&x=%7B']);
    expect(formOrJsonEvent(post(' {"event":"open"}\n'))).toEqual(['{"event":"open"}']);
    expect(formOrJsonFields('{"event":"open"}')).toEqual({ event: 'open' });
    expect(formOrJsonFields('event=open').event).toBe('open');
    expect(reasonOf(() => formOrJsonEvent(post('[{"event":"open"}]')))).toBe('unreadable');
  });

  test('no text makes it throw anything but its typed refusals', () => {
    const piece = fc.stringMatching(/^[a[\]_=&%{}0]{0,40}$/);
    fc.assert(
      fc.property(fc.oneof(fc.string(), piece), (text) => {
        try {
          formFields(text);
        } catch (error) {
          expect(error).toBeInstanceOf(PoisonEvent);
        }
        try {
          formOrJsonEvent(post(text));
        } catch (error) {
          expect(error).toBeInstanceOf(RefusedRequest);
        }
      }),
    );
  });
});
