import { createHmac } from 'node:crypto';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { HEARTBEAT_SOURCE } from '../../../lambda/contract/config.ts';
import { METRICS } from '../../../lambda/contract/metrics.ts';
import { eventRecord } from '../../../lambda/domain/event/record.ts';
import { interpreter } from '../../../lambda/domain/interpret.ts';
import { generic } from '../../../lambda/providers/generic/index.ts';
import { metricsIn } from '../alarms/emf.ts';
import { bundleOf } from './bundle.ts';
import { invoke, LIMITS } from './invoke.ts';
import { CONFIG, HEARTBEAT_KEY } from './posts.ts';
import { AWS } from './receive.ts';
import type { Subject } from './subject.ts';
import type { World } from './world.ts';

/** What the secret holds when `pulse` begins; undefined = it never had a value. */
const HELD: readonly (readonly [string, object | undefined])[] = [
  ['a key', { [HEARTBEAT_SOURCE]: HEARTBEAT_KEY, 'quell-erasure': 'k' }],
  ['two keys', { [HEARTBEAT_SOURCE]: ['b'.repeat(64), HEARTBEAT_KEY] }],
  ['no value', undefined],
  ['no key, and another', { 'quell-erasure': 'k' }],
  ['an empty key', { [HEARTBEAT_SOURCE]: '', 'quell-erasure': ['k', 'l'] }],
];
/** Looks at the table until the heartbeat is found, and posts that are refused before. */
const PATHS = [
  { looks: 0, refused: 0 },
  { looks: 2, refused: 0 },
  { looks: 0, refused: 1 },
  { looks: 1, refused: 1 },
];

/** Heartbeats by turns: whatever is held, wherever it fails, each source gets its zero and nobody's key is lost. */
export async function pulseSubject(world: World): Promise<Subject> {
  const start = await bundleOf('pulse', CONFIG);
  const states = HELD.flatMap(([name, held]) => PATHS.map((path) => ({ name, held, ...path })));
  return {
    name: 'pulse',
    histories: states.map(({ name, looks, refused }) => `${name}, found after ${looks}, refused ${refused} times`),
    async run(run, history, complaints) {
      const { held, looks, refused } = states[history] ?? { held: undefined, looks: 0, refused: 0 };
      if (held) run.services.secrets.set('own', [{ id: 'v1', value: JSON.stringify(held) }]);
      let posts = 0;
      run.web = async (_path, { headers }, body) => {
        posts += 1;
        const keys = keysOf(run.services.secrets.get('own')?.at(-1)?.value);
        const isGenuine = keys.some(
          (key) => createHmac('sha256', key).update(body).digest('hex') === headers['x-webhook-signature'],
        );
        if (posts <= refused || !isGenuine) return { status: 401, type: 'application/json', body: '{}' };
        const read = interpreter(HEARTBEAT_SOURCE, { provider: generic, options: CONFIG.heartbeat?.options });
        const meaning = read(body, {}, { receivedAt: new Date().toISOString() });
        const [event] = 'events' in meaning ? meaning.events : [];
        const put = () =>
          event &&
          world.dynamo.client.send(
            new PutItemCommand({
              TableName: run.tables.events,
              Item: marshall(eventRecord(event, 35), { removeUndefinedValues: true }),
            }),
          );
        // `process` is that slow.
        if (looks === 0) await put();
        else setTimeout(() => void put()?.catch(() => undefined), looks * 150);
        return { status: 200, type: 'application/json', body: '{}' };
      };
      const container = start({
        variables: { ...AWS(run.url), EVENTS_TABLE: run.tables.events, OWN_KEYS_ARN: 'own', PUBLIC_URL: run.url },
      });
      await invoke(container, {}, LIMITS.pulse, run, complaints);
      const metrics = metricsIn(container.log());
      const zeros = metrics.filter(({ name, value }) => name === METRICS.stored && value === 0);
      const beats = metrics.filter(({ name }) => name === METRICS.heartbeat).length;
      const lost = container.log().split('heartbeat lost').length - 1;
      if (beats + lost !== 1) complaints.push(`${beats} heartbeats and ${lost} lost ones`);
      const { [HEARTBEAT_SOURCE]: _own, ...others } = JSON.parse(
        run.services.secrets.get('own')?.at(-1)?.value ?? '{}',
      );
      const { [HEARTBEAT_SOURCE]: _before, ...before } = (held ?? {}) as Record<string, unknown>;
      if (JSON.stringify(others) !== JSON.stringify(before)) complaints.push("somebody else's key is lost");
      return { once: { zeros: zeros.map(({ dimensions }) => dimensions) }, atLeastOnce: {}, again: true };
    },
  };
}

const keysOf = (value = '{}'): string[] =>
  [(JSON.parse(value) as Record<string, string | string[]>)[HEARTBEAT_SOURCE] ?? []].flat();
