import { readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'valibot';
import { EVENT_TYPES, type EventType } from '../../lambda/domain/event.ts';
import { PROVIDERS } from '../../lambda/providers/index.ts';
import type { Provider } from '../../lambda/providers/provider.ts';

/** The tables of docs/providers.md, from the registry. Run this file to write them anew; a test compares. */

const FILE = 'docs/providers.md';
const OPERATOR_ACTS = new Set<EventType>(['suppressed', 'lifted', 'unknown']);
const TYPES = EVENT_TYPES.filter((type) => !OPERATOR_ACTS.has(type));
const PROOF = { shared: 'shared secret or HMAC', 'public-key': 'public key', none: 'certificate' } as const;

export function providerTables(): Record<'providers' | 'events', string> {
  const all = [...PROVIDERS.values()];
  const isBeta = (id: string) =>
    /^beta/im.test(readFileSync(`docs/providers/${id}.md`, 'utf8').split('\n').slice(1, 6).join('\n'));
  const rows = all.map(
    ({ id, title, secret }) =>
      `| [${title}](providers/${id}.md) | \`${id}\` | ${PROOF[secret.kind]} | ${secret.form.replaceAll('|', '\\|').replaceAll('<', '&lt;')} | ${isBeta(id) ? 'beta' : ''} |`,
  );
  const events = all.map(
    (provider) => `| ${provider.title} | ${TYPES.map((type) => (reports(provider, type) ? 'x' : '')).join(' | ')} |`,
  );
  return {
    providers: ['| ESP | id | proof | secret, as pasted | |', '|---|---|---|---|---|', ...rows].join('\n'),
    events: [`| | ${TYPES.join(' | ')} |`, `|---|${TYPES.map(() => ':-:').join('|')}|`, ...events].join('\n'),
  };
}

/** Whether this ESP has such an event, seen by whether a genuine sample of it can be made. */
function reports(provider: Provider<unknown>, type: EventType): boolean {
  const { signingKey } = provider.generateKey();
  const options = parse(provider.options, {});
  return (
    provider.sample({
      type,
      recipient: 'ada@example.com',
      at: 0,
      id: 'a1',
      signingKey,
      options,
      webhookUrl: 'https://example.com',
    }) !== undefined
  );
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
