import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { runtimeConfig } from '../../../../lib/settings/runtime-config.ts';
import { metricsIn } from '../../../support/alarms/emf.ts';
import { bundleOf } from '../../../support/every-call/bundle.ts';
import { settingsOf } from '../../../support/stack/settings.ts';
import { givenTime } from '../../../support/surroundings/given-time.ts';

/** What one run of the comparison counts and says of each source, whatever becomes of it. */

const HOUR = 3_600_000;
const DUE = Date.UTC(2026, 4, 4, 10, 5);
/** The time that is compared: two hours, a day ago. */
const [FROM, TO] = [Date.UTC(2026, 4, 3, 8), Date.UTC(2026, 4, 3, 10)];
const source = (api?: object) => ({ provider: 'mailtrap', ...(api && { api }) });
const settings = (sources: object) => runtimeConfig(settingsOf({ reconcile: '1h', sources }));

/** By source; those that are told are missing nowhere else. */
const KEYS = {
  fine: 'fine-key',
  hookless: 'hookless-key',
  lost: 'lost-key',
  broken: 'broken-key',
  hung: 'hung-key',
  tableless: 'tableless-key',
  other: 'fine-key',
};
let server: Server;
let url = '';
let start: Awaited<ReturnType<typeof bundleOf>>;
let readable = true;
/** Keys with which Mailtrap was asked. */
const asked: string[] = [];

beforeAll(async () => {
  // The secret, and tables that know nobody; of one person they cannot say.
  server = createServer(async (request, response) => {
    const operation = String(request.headers['x-amz-target']).split('.').at(-1);
    const text = Buffer.concat(await request.toArray()).toString();
    if (text.includes('tableless@')) return;
    const refused = operation === 'GetSecretValue' ? !readable : text.includes('broken@');
    const answer = operation === 'GetSecretValue' ? { SecretString: JSON.stringify(KEYS), VersionId: '1' } : {};
    response.writeHead(refused ? 400 : 200, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(refused ? { __type: 'ValidationException' } : answer));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  start = await bundleOf('reconcile', settings({ fine: source(), hookless: { provider: 'lettermint' } }));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  readable = true;
  asked.length = 0;
});

const mailtrap = (async (_url: URL, { headers, signal }: { headers: Record<string, string>; signal: AbortSignal }) => {
  const key =
    Object.values(headers)
      .find((value) => value.endsWith('-key'))
      ?.replace('Bearer ', '') ?? '';
  asked.push(key);
  if (key === 'hung-key')
    await new Promise((_done, fail) => signal.addEventListener('abort', () => fail(signal.reason as Error)));
  const entry = (name: string) => ({
    ...{ id: name, type: 'hard bounce', email: `${name}@example.com`, created_at: new Date(FROM).toISOString() },
  });
  const people = {
    'lost-key': [entry('ada'), entry('bob')],
    'broken-key': [entry('broken')],
    'tableless-key': [entry('tableless')],
  };
  const nothing = key === 'hookless-key' ? { data: [] } : [];
  return new Response(JSON.stringify(people[key as keyof typeof people] ?? nothing));
}) as unknown as typeof fetch;

async function run(sources: object, time: string | undefined = new Date(DUE).toISOString(), ms = 60_000) {
  const { handler, log } = start({
    variables: { POWERTOOLS_LOG_LEVEL: 'INFO', AWS_ENDPOINT_URL: url },
    config: settings(sources),
    fetch: mailtrap,
  });
  const deadline = Date.now() + ms;
  await handler({ time }, { getRemainingTimeInMillis: () => deadline - Date.now() });
  const lines = log().split('\n').filter(Boolean);
  const counted = metricsIn(log()).map(({ name, value, dimensions }) => `${name} ${value}${dimensions}`);
  const told = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  return {
    counted,
    facts: told.find(({ _aws }) => _aws !== undefined),
    said: told.filter(({ _aws, message }) => _aws === undefined && message !== 'secret not read'),
  };
}
const COMPARED = { from: new Date(FROM).toISOString(), to: new Date(TO).toISOString(), comparedPercent: 100 };

test('what an ESP knows and we do not is a warning, the rest a note: each with the time that was compared', async () => {
  const { counted, facts, said } = await run({ fine: source(), lost: source() });
  expect(said).toEqual([
    expect.objectContaining({
      ...{ level: 'INFO', message: 'compared with the ESP', source: 'fine', fetched: 0, missing: 0, ...COMPARED },
    }),
    expect.objectContaining({
      ...{
        level: 'WARN',
        message: 'the ESP knows what we do not',
        source: 'lost',
        fetched: 2,
        missing: 2,
        ...COMPARED,
      },
    }),
  ]);
  expect(said[0]).not.toHaveProperty('unreadable');
  // What could not be read at all stands beside it.
  expect((await run({ hookless: { provider: 'lettermint' } })).said).toEqual([
    expect.objectContaining({ source: 'hookless', missing: 0, unreadable: expect.stringMatching(/no webhook/) }),
  ]);
  expect(counted).toEqual(['LostByWebhook 2', 'Reconciled 1']);
  expect(facts).toMatchObject({ sources: 2, compared: 2 });
});

test('what cannot be compared says why, and costs the others nothing', async () => {
  const { counted, facts, said } = await run({ keyless: source(), broken: source(), lost: source() });
  const [keyless, broken, lost] = said;
  expect(keyless).toMatchObject({
    ...{ level: 'WARN', message: 'not compared with the ESP', source: 'keyless' },
    why: 'No API key is stored for this source. Set it with: ops secrets set --api-key.',
  });
  // Nobody foresaw it: its name, and none of its words.
  expect(broken).toMatchObject({ level: 'ERROR', message: 'not compared with the ESP', source: 'broken' });
  expect(broken).toHaveProperty('errorName', 'ValidationException');
  expect(lost).toMatchObject({ source: 'lost', missing: 2 });
  expect(counted).toEqual(['LostByWebhook 2', 'Reconciled 0']);
  expect(facts).toMatchObject({ sources: 3, compared: 1 });
});

test('a secret that cannot be read is not the same as one without the key', async () => {
  readable = false;
  const { said } = await run({ fine: source() });
  expect(said).toMatchObject([{ level: 'WARN', source: 'fine', why: 'The secret with the API keys cannot be read.' }]);
});

test('who says so is not compared, nor whose ESP has nothing to compare with; who needs no key is asked without', async () => {
  const { counted, facts, said } = await run({
    off: source({ reconcile: false }),
    guide: { provider: 'generic' },
    other: source({ reconcile: true }),
  });
  expect(said.map(({ source: name }) => name)).toEqual(['other']);
  expect(counted).toEqual(['LostByWebhook 0', 'Reconciled 1']);
  expect(facts).toMatchObject({ sources: 1, compared: 1 });
});

test('what was due when counts, not when it runs; where nothing says, now', async () => {
  const { said } = await run({ fine: source() }, '');
  const hour = Math.floor(Date.now() / HOUR) * HOUR;
  const to = Date.parse(String(said[0]?.to)) + 24 * HOUR;
  expect([hour - HOUR, hour]).toContain(to);
});

test('sources of one ESP share the time that there is: who is not answered leaves the others theirs', async () => {
  const given = givenTime();
  const { counted, said } = await run({ hung: source(), lost: source() }, undefined, 4000);
  expect(given()).toBeLessThan(4000);
  expect(asked).toEqual(['hung-key', 'lost-key']);
  expect(said).toMatchObject([
    { source: 'hung', why: expect.stringContaining('did not answer in time') },
    { source: 'lost', missing: 2 },
  ]);
  expect(counted).toEqual(['LostByWebhook 2', 'Reconciled 0']);
});

test('a table that hangs costs its own source: what was counted of the others is told before the end', async () => {
  const given = givenTime();
  const { counted, facts, said } = await run({ lost: source(), tableless: source() }, undefined, 4000);
  expect(given()).toBeLessThan(4000);
  expect(said).toMatchObject([
    { source: 'lost', missing: 2 },
    { level: 'WARN', source: 'tableless', why: 'There was no time left to ask the table further.' },
  ]);
  expect(counted).toEqual(['LostByWebhook 2', 'Reconciled 0']);
  expect(facts).toMatchObject({ sources: 2, compared: 1 });
});
