import { UsageError } from '../../cli/errors.ts';

/** Headers of a captured request: raw `Name: value` lines, or JSON (an object, or a list of pairs). Names in lower case. */
export function parseHeaders(bytes: Buffer): Record<string, string> {
  const text = bytes.toString('utf8').replace(/^\ufeff/, '');
  const pairs = /^\s*[{[]/.test(text) ? fromJson(text) : fromLines(text);
  const headers = new Map<string, string>();
  for (const [name, value] of pairs) {
    const key = name.toLowerCase();
    const before = headers.get(key);
    headers.set(key, before === undefined ? value : `${before},${value}`);
  }
  if (headers.size === 0) throw new UsageError('--headers holds no header: "Name: value" lines or JSON is expected.');
  return Object.fromEntries(headers);
}

function fromLines(text: string): [string, string][] {
  return text.split(/\r?\n/).flatMap((line): [string, string][] => {
    // `> ` and `< ` are what curl -v puts before each.
    const match = /^(?:[<>] )?([!#$%&'*+.^_`|~\w-]+)\s*:\s*(.*?)\s*$/.exec(line);
    return match ? [[match[1] as string, match[2] as string]] : [];
  });
}

function fromJson(text: string): [string, string][] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UsageError('--headers begins as JSON but is not.');
  }
  const pairs = Array.isArray(value) ? value.map(asPair) : Object.entries(value as object);
  return pairs.flatMap(([name, item]): [string, string][] =>
    (Array.isArray(item) ? item : [item]).map((one): [string, string] => [String(name), String(one)]),
  );
}

const asPair = (item: unknown): [string, unknown] => {
  if (Array.isArray(item)) return [String(item[0]), item[1]];
  const { name, key, value } = (item ?? {}) as Record<string, unknown>;
  return [String(name ?? key), value];
};

/** What a body most likely was posted as, where nobody says. */
export function guessContentType(body: Buffer): string {
  const start = body.subarray(0, 4096).toString('latin1').trimStart();
  if (/^[{["\ufeff]/.test(start) || start.startsWith('\u00ef\u00bb\u00bf')) return 'application/json';
  const boundary = /^--([^\r\n]{1,70})\r?\n/.exec(start)?.[1];
  if (boundary !== undefined) return `multipart/form-data; boundary=${boundary}`;
  return /^[\w.~%+*[\]-]+=/.test(start) ? 'application/x-www-form-urlencoded' : 'application/json';
}
