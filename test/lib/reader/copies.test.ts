import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { FOREVER, SUPPRESSION } from '../../../lambda/contract/tables.ts';
import { normaliseAddress } from '../../../lib/reader/index.ts';
import { startTestDynamo, type TestDynamo } from '../../support/surroundings/dynamodb.ts';
import { CASES, fill } from './people.ts';

/** The copy-paste readers: all for their words, the one for Python run wherever python3 and boto3 are found. */

const { partitionKey, suppressedUntil, transactionalUntil, scopes } = SUPPRESSION;

test.each(['readers/reader.py', 'readers/reader.go', 'readers/Reader.java', 'suppression-table.md'])(
  '%s calls the attributes by their names',
  (file) => {
    const text = readFileSync(`docs/${file}`, 'utf8');
    for (const name of [partitionKey, suppressedUntil, transactionalUntil, scopes]) expect(text).toContain(name);
    if (file.endsWith('.md')) expect(text).toContain(`${FOREVER} (the end of year 9999)`);
  },
);

const python = (script: string, input: unknown = null): unknown => {
  const { status, stdout, stderr } = spawnSync('python3', ['-c', `import json, sys\n${script}`], {
    input: JSON.stringify(input),
    encoding: 'utf8',
    env: { ...process.env, PYTHONPATH: 'docs/readers', PYTHONDONTWRITEBYTECODE: '1' },
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
};

const has = (module: string): boolean => spawnSync('python3', ['-c', `import ${module}`]).status === 0;
const there = { boto3: has('boto3'), idna: has('idna') };
const onlyWith = (part: keyof typeof there, parts: string) =>
  there[part]
    ? { describe, test, note: '' }
    : { describe: describe.skip, test: test.skip, note: ` (NOT RUN: ${parts} not found)` };
const boto3 = onlyWith('boto3', 'python3 with boto3');
const idna = onlyWith('idna', 'the Python package idna');

const VECTORS = (
  JSON.parse(readFileSync('docs/address-vectors.json', 'utf8')) as { vectors: { in: string; out: string | null }[] }
).vectors;
const isWide = (text: string): boolean => /[^\p{ASCII}]/u.test(text.slice(text.lastIndexOf('@')));

boto3.describe(`Python reader${boto3.note}`, () => {
  let dynamo: TestDynamo;
  beforeAll(async () => {
    dynamo = await startTestDynamo();
    await fill(dynamo.client, dynamo.tables.suppression);
  });
  afterAll(() => dynamo.stop());

  const NORMALISE =
    'from reader import normalise\nprint(json.dumps([normalise(text) for text in json.load(sys.stdin)]))';

  test('makes the published normal form', () => {
    const vectors = VECTORS.filter((vector) => there.idna || !isWide(vector.in));
    const made = python(
      NORMALISE,
      vectors.map((vector) => vector.in),
    );
    expect(made).toEqual(vectors.map(({ out }) => out));
  });

  idna.test(`makes the same of what the vectors leave out as the stack does${idna.note}`, () => {
    const locals = [
      'Ada',
      'ΑΣ',
      'ΑΣ1',
      'İ',
      'ﬀ',
      '"a b"',
      'a'.repeat(308),
      'a'.repeat(309),
      '😀',
      '\u00a0a',
      '\ufeffb',
    ];
    const domains = [
      'ＡＤＡ.example',
      '☕.example',
      'b。example',
      'ΑΣ.example',
      '日本.example.',
      'אב.example',
      'a\u00adb.example',
    ];
    const odd = ['1.אב', '\u0301a.example', '１２３', 'ü.0x1', 'ü|.example', 'ü\u200d.example', 'xn--ü.example'];
    const texts = locals.flatMap((local) => [...domains, ...odd].map((domain) => `${local}@${domain}`));
    expect(python(NORMALISE, texts)).toEqual(texts.map((text) => normaliseAddress(text) ?? null));
  });

  test('without idna a domain that needs it is unknown, never clear', () => {
    const script = `import reader\nreader.idna = None\nprint(json.dumps([reader.check(None, "t", text) for text in json.load(sys.stdin)]))`;
    expect(python(script, ['ada@bücher.example', 'nobody'])).toEqual(['unknown', 'unknown']);
  });

  test('answers as the rule says, over entries as process writes them', () => {
    const cases = CASES.filter(([email]) => there.idna || !isWide(email));
    const asked = cases.map(([email, { scope, transactional = false }]) => ({
      email,
      scope: scope ?? null,
      transactional,
    }));
    const script = `
import boto3
from reader import check
given = json.load(sys.stdin)
keys = {"aws_access_key_id": "local", "aws_secret_access_key": "local", "region_name": "us-east-1"}
client = boto3.client("dynamodb", endpoint_url=given["endpoint"], **keys)
ask = lambda email, scope, transactional: check(client, given["table"], email, scope=scope, transactional=transactional)
print(json.dumps([ask(**asked) for asked in given["asked"]]))`;
    const given = { endpoint: dynamo.endpoint, table: dynamo.tables.suppression, asked };
    expect(python(script, given)).toEqual(cases.map(([, , { status }]) => status));
    const [first, ...others] = python(script, { ...given, table: 'no-such-table' }) as string[];
    expect(new Set([first, ...others])).toEqual(new Set(['unknown']));
  });
});
