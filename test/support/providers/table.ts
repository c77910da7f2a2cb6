import { readFileSync, writeFileSync } from 'node:fs';
import { EVENT_TYPES, type EventType } from '../../../lambda/domain/event/event.ts';
import { PROVIDERS } from '../../../lambda/providers/index.ts';
import type { Keys, Origin } from '../../../lambda/providers/provider.ts';

/** The tables of docs/providers.md, from the registry. Run this file to write them anew; a test compares. */

const FILE = 'docs/providers.md';
const OPERATOR_ACTS = new Set<EventType>(['suppressed', 'lifted', 'unknown']);
const TYPES = EVENT_TYPES.filter((type) => !OPERATOR_ACTS.has(type));
const MEANS = {
  hmac: 'HMAC',
  'keyed-md5': 'MD5 with the key in the text',
  password: 'password',
  'public-key': 'public key of the ESP',
  certificate: 'certificate of the ESP',
} as const satisfies Record<Origin['with'], string>;
const COVERS = {
  body: '**whole body**',
  token: 'a token beside the event; the pair is kept, so that a token counts once',
  nothing: 'nothing: the secret is repeated',
} as const satisfies Record<Origin['signs'], string>;
const WHOSE = { shown: 'the ESP', chosen: 'you', none: 'nobody' } as const satisfies Record<Keys, string>;

export function providerTables(): Record<'providers' | 'events', string> {
  const all = [...PROVIDERS.values()];
  const isBeta = (id: string) =>
    /^beta/im.test(readFileSync(`docs/providers/${id}.md`, 'utf8').split('\n').slice(1, 6).join('\n'));
  const escaped = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
  const rows = all.flatMap(({ id, title, secret, proof, keys, otherProofs = [] }) => [
    `| [${title}](providers/${id}.md) | \`${id}\` | ${COVERS[proof.signs]} | ${MEANS[proof.with]} | ${WHOSE[keys]} | ${escaped(secret.form)} | ${isBeta(id) ? 'beta' : ''} |`,
    ...otherProofs.map((other) => {
      const option = escaped(JSON.stringify(other.options).slice(1, -1).replace(':', ': '));
      return `| | with \`${option}\` | ${COVERS[other.signs]} | ${MEANS[other.with]} | ${WHOSE[other.keys]} | | |`;
    }),
  ]);
  const events = all.map(
    ({ title, emits }) => `| ${title} | ${TYPES.map((type) => (emits.includes(type) ? 'x' : '')).join(' | ')} |`,
  );
  return {
    providers: [
      '| ESP | id | the proof covers | made with | secret made by | secret, as pasted | |',
      '|---|---|---|---|---|---|---|',
      ...rows,
    ].join('\n'),
    events: [`| | ${TYPES.join(' | ')} |`, `|---|${TYPES.map(() => ':-:').join('|')}|`, ...events].join('\n'),
  };
}

/** The file's text with both tables in their places. */
export function withTables(text: string): string {
  return Object.entries(providerTables()).reduce(
    (done, [name, table]) =>
      done.replace(
        new RegExp(`<!-- ${name} -->[^]*?<!-- /${name} -->`),
        () => `<!-- ${name} -->\n${table}\n<!-- /${name} -->`,
      ),
    text,
  );
}

if (import.meta.main) writeFileSync(FILE, withTables(readFileSync(FILE, 'utf8')));
