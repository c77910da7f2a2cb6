import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseKey, type TokenKey } from '../../../lambda/domain/unsubscribe/key.ts';
import { openToken } from '../../../lambda/domain/unsubscribe/token.ts';
import { unsubscribeHeaders, unsubscribeUrl } from '../../../lib/reader/index.ts';
import { readVectors } from '../../support/list/unsubscribe-vectors.ts';

/** What senders copy or install, in four languages: each makes the published tokens, and what `receive` opens. */

const { keys, vectors } = readVectors();
const live = keys.map((text) => parseKey(text) as TokenKey);
const BASE = 'https://hooks.example.com';
const LONG = `${'a'.repeat(308)}@example.com`;

interface Given {
  readonly address: string;
  readonly scope: string;
  readonly keys: readonly string[];
  readonly base: string;
}

interface Answers {
  readonly tokens: readonly string[];
  /** Header fields, or the words in which they were refused. */
  readonly headers: readonly (Readonly<Record<string, string>> | string)[];
}

const GIVEN: readonly (readonly [Given, boolean])[] = [
  [{ address: 'ada@example.com', scope: 'shop:list:weekly', keys, base: BASE }, true],
  [{ address: 'ada@example.com', scope: 'all', keys: keys.slice(1), base: `${BASE}/` }, true],
  [{ address: 'žofie.日本@example.com', scope: 'shop:list:日本', keys, base: `${BASE}/mail` }, true],
  // The longest that SMTP can carry, the longest scope, a host as API Gateway names it.
  [{ address: LONG, scope: `shop:list:${'c'.repeat(245)}`, keys, base: `https://${'h'.repeat(60)}.example` }, true],
  [{ address: LONG, scope: `shop:list:${'c'.repeat(245)}`, keys, base: `https://${'h'.repeat(160)}.example` }, false],
  [{ address: 'nobody', scope: 'all', keys, base: BASE }, false],
  [{ address: 'ada@example.com\r\nBcc: eve@example.com', scope: 'all', keys, base: BASE }, false],
  [{ address: 'ada@example.com', scope: 'a\nb', keys, base: BASE }, false],
  [{ address: 'ada@example.com', scope: '', keys, base: BASE }, false],
  [{ address: 'ada@example.com', scope: 's'.repeat(256), keys, base: BASE }, false],
  [{ address: 'ada@example.com', scope: 'all', keys: ['quell_unsub_short'], base: BASE }, false],
  [{ address: 'ada@example.com', scope: 'all', keys: [], base: BASE }, false],
  [{ address: 'ada@example.com', scope: 'all', keys, base: 'http://hooks.example.com' }, false],
  [{ address: 'ada@example.com', scope: 'all', keys, base: `${BASE}/?a=b` }, false],
  [{ address: 'ada@example.com', scope: 'all', keys, base: `${BASE}>\r\nX: y` }, false],
];

const folder = mkdtempSync(join(tmpdir(), 'quell-unsubscribe-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(command: string, args: readonly string[], input = ''): string {
  const env = { ...process.env, PYTHONPATH: 'docs/readers', PYTHONDONTWRITEBYTECODE: '1' };
  const { status, stdout, stderr, error } = spawnSync(command, args, { input, encoding: 'utf8', env });
  if (status !== 0) throw error ?? new Error(stderr);
  return stdout;
}

/** One line for each thing asked, fields in base64: read in Java without a library. */
const ask = (): string =>
  [
    ...vectors.map(({ address, scope, issuedAt, key, random }) => ['seal', address, scope, issuedAt, key, random]),
    ...GIVEN.map(([{ address, scope, keys: given, base }]) => ['headers', address, scope, given.join(' '), base]),
  ]
    .map((fields) => fields.map((field) => Buffer.from(String(field)).toString('base64')).join(','))
    .join('\n');

/** Each line is a token, a refusal, or the two fields. */
function read(output: string): Answers {
  const lines = output.trimEnd().split('\n');
  return {
    tokens: lines.slice(0, vectors.length),
    headers: lines.slice(vectors.length).map((line) => {
      if (line.startsWith('refused ')) return line.slice(8);
      const [link = '', post = ''] = line.split('\t');
      return { 'List-Unsubscribe': link, 'List-Unsubscribe-Post': post };
    }),
  };
}

const typescript = (): Answers => ({
  tokens: vectors.map(({ token }) => token),
  headers: GIVEN.map(([{ address, scope, keys: given, base: baseUrl }]) => {
    try {
      return { ...unsubscribeHeaders({ address, scope, keys: given, baseUrl }) };
    } catch (error) {
      return (error as Error).message;
    }
  }),
});

const PYTHON = `
import base64, sys
from unsubscribe import seal, unsubscribe_headers
for line in sys.stdin:
    kind, *fields = [base64.b64decode(field).decode() for field in line.rstrip("\\n").split(",")]
    if kind == "seal":
        address, scope, issued_at, key, random = fields
        print(seal(address, scope, int(issued_at), key, bytes.fromhex(random)))
        continue
    address, scope, keys, base_url = fields
    try:
        headers = unsubscribe_headers(address, scope, keys.split(), base_url)
        print(headers["List-Unsubscribe"], headers["List-Unsubscribe-Post"], sep="\\t")
    except ValueError as error:
        print("refused", error)
`;

/** Runs the example of the file's own docstring. */
const PYTHON_MAIL = `
import re, sys, textwrap
from email.message import EmailMessage
import unsubscribe
from unsubscribe import unsubscribe_headers
keys, message = [sys.stdin.read()], EmailMessage()
message.set_content("Hello")
exec(textwrap.dedent("".join(re.findall(r"(?m)^    .*\\n", unsubscribe.__doc__))))
print(message.as_bytes().decode())
`;

const JAVA = `
import java.nio.charset.StandardCharsets;
import java.util.*;
final class Ask {
  static String text(String field) { return new String(Base64.getDecoder().decode(field), StandardCharsets.UTF_8); }
  public static void main(String[] none) {
    var in = new Scanner(System.in, StandardCharsets.UTF_8);
    while (in.hasNextLine()) {
      var fields = Arrays.stream(in.nextLine().split(",", -1)).map(Ask::text).toList();
      if (fields.get(0).equals("seal")) {
        byte[] random = HexFormat.of().parseHex(fields.get(5));
        System.out.println(Unsubscribe.seal(fields.get(1), fields.get(2), Long.parseLong(fields.get(3)), fields.get(4), random));
        continue;
      }
      try {
        var headers = Unsubscribe.headers(fields.get(1), fields.get(2), fields.get(3).isEmpty() ? List.of() : List.of(fields.get(3).split(" ")), fields.get(4));
        System.out.println(headers.get("List-Unsubscribe") + "\\t" + headers.get("List-Unsubscribe-Post"));
      } catch (IllegalArgumentException refused) {
        System.out.println("refused " + refused.getMessage());
      }
    }
  }
}
`;

const GO = `package unsubscribe

import ("bufio"; "encoding/base64"; "encoding/hex"; "fmt"; "os"; "strconv"; "strings"; "testing")

func TestAsk(t *testing.T) {
	file, _ := os.Open("ask.txt")
	out, _ := os.Create("answer.txt")
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var fields []string
		for _, field := range strings.Split(lines.Text(), ",") {
			text, _ := base64.StdEncoding.DecodeString(field)
			fields = append(fields, string(text))
		}
		if fields[0] == "seal" {
			issued, _ := strconv.ParseUint(fields[3], 10, 32)
			random, _ := hex.DecodeString(fields[5])
			token, err := seal(fields[1], fields[2], uint32(issued), fields[4], random)
			if err != nil { t.Fatal(err) }
			fmt.Fprintln(out, token)
			continue
		}
		headers, err := Headers(fields[1], fields[2], strings.Fields(fields[3]), fields[4])
		if err != nil { fmt.Fprintln(out, "refused", err); continue }
		fmt.Fprintf(out, "%s\\t%s\\n", headers["List-Unsubscribe"], headers["List-Unsubscribe-Post"])
	}
}
`;

const has = (command: string, ...args: string[]): boolean => spawnSync(command, args).status === 0;

const LANGUAGES: readonly { name: string; needs: string; there: boolean; answers: () => Answers }[] = [
  { name: 'TypeScript', needs: '', there: true, answers: typescript },
  {
    name: 'Python',
    needs: 'python3 with the package cryptography',
    there: has('python3', '-c', 'import cryptography'),
    answers: () => read(run('python3', ['-c', PYTHON], ask())),
  },
  {
    name: 'Go',
    needs: 'go',
    there: has('go', 'version'),
    answers() {
      copyFileSync('docs/readers/unsubscribe.go', join(folder, 'unsubscribe.go'));
      writeFileSync(join(folder, 'ask_test.go'), GO);
      writeFileSync(join(folder, 'go.mod'), 'module example.com/unsubscribe\n\ngo 1.21\n');
      writeFileSync(join(folder, 'ask.txt'), ask());
      run('go', ['test', '-C', folder, '-run', 'TestAsk', '.']);
      return read(run('cat', [join(folder, 'answer.txt')]));
    },
  },
  {
    name: 'Java',
    needs: 'a JDK of 17 or later',
    there: has('javac', '--release', '17', '--version'),
    answers() {
      writeFileSync(join(folder, 'Ask.java'), JAVA);
      run('javac', ['--release', '17', '-d', folder, 'docs/readers/Unsubscribe.java', join(folder, 'Ask.java')]);
      return read(run('java', ['-cp', folder, 'Ask'], ask()));
    },
  },
];

describe.each(LANGUAGES)('$name', ({ name, needs, there, answers }) => {
  const given = there ? test : test.skip;
  const note = there ? '' : ` (NOT RUN: ${needs} not found)`;
  let made: Answers;
  beforeAll(() => {
    if (there) made = answers();
  });

  given(`makes the published tokens${note}`, () => {
    expect(made.tokens).toEqual(vectors.map(({ token }) => token));
  });

  given(`makes headers that are opened again, refuses the rest and quotes nothing${note}`, () => {
    expect(made.headers).toHaveLength(GIVEN.length);
    for (const [at, [{ address, scope, base }, fits]] of GIVEN.entries()) {
      const headers = made.headers[at];
      if (!fits) {
        expect([at, typeof headers]).toEqual([at, 'string']);
        expect(headers).not.toMatch(/ada@|aaaa|quell_unsub|hooks/);
        continue;
      }
      if (typeof headers !== 'object') throw new Error(`${name} refused ${at}: ${headers}`);
      const { 'List-Unsubscribe': link, 'List-Unsubscribe-Post': post } = headers;
      expect(post).toBe('List-Unsubscribe=One-Click');
      expect(link).toMatch(/^<https:\/\/[^<>\s?#@]+>$/);
      expect(`List-Unsubscribe: ${link}`.length).toBeLessThanOrEqual(998);
      expect(link?.startsWith(`<${base.replace(/\/$/, '')}/u/v1/`)).toBe(true);
      const claims = openToken(link?.slice(link.lastIndexOf('/') + 1, -1) ?? '', live);
      expect(claims).toEqual({ address, scope, issuedAt: expect.any(Number) });
      expect(Math.abs((claims?.issuedAt ?? 0) - Date.now() / 1000)).toBeLessThan(120);
    }
  });
});

const python = LANGUAGES.find(({ name }) => name === 'Python')?.there ? test : test.skip;
python("as the Python file says, Python's own mail has the link whole on its line, not in encoded words", () => {
  const message = run('python3', ['-c', PYTHON_MAIL], keys[0]);
  const [link, post, ...others] = message.split('\n').filter((line) => /^(List-| )/.test(line));
  expect(link).toMatch(/^List-Unsubscribe: <https:\/\/hooks\.example\.com\/u\/v1\/[\w-]+>$/);
  expect([post, others]).toEqual(['List-Unsubscribe-Post: List-Unsubscribe=One-Click', []]);
});

test('a stack on this machine has no HTTPS', () => {
  const options = { address: 'Ada <ADA@example.com>', keys: keys[0] as string, now: () => 1_767_225_600_999 };
  const url = unsubscribeUrl({ ...options, baseUrl: 'http://127.0.0.1:3000' });
  expect(openToken(url.slice('http://127.0.0.1:3000/u/v1/'.length), live)).toEqual({
    address: 'ada@example.com',
    scope: 'all',
    issuedAt: 1_767_225_600,
  });
});
