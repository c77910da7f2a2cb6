import { setTimeout as pause } from 'node:timers/promises';
import type { EpochMs } from '../../../../lambda/contract/units.ts';
import { explain } from '../../cli/errors.ts';
import { alarmsOf, isMuted } from '../../stack/alarms.ts';
import { readMapping } from '../../stack/mapping.ts';
import { liveValues, readSecretMap } from '../../stack/secret-map.ts';
import type { Target } from '../../target/target.ts';
import { examineComparison } from './checks/comparison.ts';
import { examineKinds } from './checks/kinds.ts';
import { depthOf, examineDeadLetters, examineHeartbeat, examineQueue, examineRuns } from './checks/plumbing.ts';
import { examineSource } from './checks/source.ts';
import { examineAlarmTopic, examineTopics } from './checks/subscriptions.ts';
import { examineTable } from './checks/tables.ts';
import { type Finding, fault, note, ok } from './finding.ts';
import type { Traffic, Watch } from './watch.ts';

/** How long a queue whose age nobody measures may stand still before it is said to, and between two looks at it. */
const STILL_MS = 3_000;
const LOOK_MS = 250;

/** Everything, side by side. What cannot be seen is a finding too. */
export async function examine(target: Target, watch: Watch, now = Date.now()): Promise<Finding[]> {
  const local = target.kind === 'local';
  const checks: [string, () => Promise<Finding | Finding[]>][] = [
    ['sources', () => examineSources(target, watch, now)],
    ['kinds of events', () => examineKinds(target, watch, now)],
    ['delivery queue', () => examineMovement(target, watch)],
    ['dead-letter queue', async () => examineDeadLetters(await depthOf(target, 'deadLetter'))],
    ['events table', () => examineTable(target, 'events')],
    ['suppression table', () => examineTable(target, 'suppression')],
    ...(['receive', 'process', 'pulse'] as const).map((name): [string, () => Promise<Finding>] => [
      `${name} function`,
      async () => examineRuns(name, await watch.runs(name), now),
    ]),
    ['heartbeat', () => examineHeartbeat(watch, local, now)],
    ['processing', () => examineProcessing(target)],
  ];
  const deployed: typeof checks = [
    ['page alarms', () => examineAlarmTopic(target, 'page')],
    ['ticket alarms', () => examineAlarmTopic(target, 'ticket')],
    ...[...target.names.sources].map(([name, source]): [string, () => Promise<Finding[]>] => [
      name,
      async () => [...(await examineTopics(target, name, source)), ...(await examineMute(target, name))],
    ]),
  ];
  const all = local ? checks : [...checks, ...deployed];
  return (await Promise.all(all.map(([about, check]) => seen(about, check)))).flat();
}

/** A muted alarm is somebody's wish, and easily forgotten. */
async function examineMute(target: Target, name: string): Promise<Finding[]> {
  const [muted, alarms] = await Promise.all([isMuted(target, name), alarmsOf(target, name)]);
  const silent = alarms.filter((alarm) => !alarm.loud).map((alarm) => alarm.name);
  const off = `actions are switched off (CloudWatch, Alarms, Actions): ${silent.join(', ')}`;
  return [
    ...(muted ? [note('muted', name, `its alarms are muted: ops mute ${name} --off`)] : []),
    ...(silent.length > 0 ? [note('muted', name, off)] : []),
  ];
}

async function seen(about: string, check: () => Promise<Finding | Finding[]>): Promise<Finding | Finding[]> {
  try {
    return await check();
  } catch (error) {
    return { level: 'unknown', code: 'not-seen', about, says: explain(error).text };
  }
}

async function examineSources(target: Target, watch: Watch, now: EpochMs): Promise<Finding[]> {
  const { sources } = target.names;
  const unknown: Finding[] = [];
  const orUnknown = async <T>(about: string, read: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await read();
    } catch (error) {
      unknown.push({ level: 'unknown', code: 'not-seen', about, says: explain(error).text });
      return undefined;
    }
  };
  const [map, traffic, keys] = await Promise.all([
    orUnknown('secrets', () => readSecretMap(target)),
    orUnknown('traffic', () => watch.traffic([...sources.keys()])),
    target.names.apiKeysArn === undefined
      ? undefined
      : orUnknown('API keys', () => readSecretMap(target, 'apiKeysArn')),
  ]);
  const found = [...sources].flatMap(([name, source]) => {
    const secrets = map && liveValues(map, name).length;
    const own: Traffic = traffic?.get(name) ?? {};
    const findings = examineSource({ name, source, secrets, traffic: own, now, local: target.kind === 'local' });
    return traffic ? findings : findings.filter(({ code }) => code.startsWith('secret'));
  });
  return [...found, ...examineComparison(target, keys), ...unknown];
}

async function examineMovement(target: Target, watch: Watch): Promise<Finding> {
  const [depth, age] = await Promise.all([depthOf(target, 'delivery'), watch.queueAge()]);
  if (age !== undefined || depth.waiting + depth.inFlight === 0) return examineQueue(depth, age, true);
  const before = await watch.runs('process');
  for (const end = Date.now() + STILL_MS; ; ) {
    await pause(LOOK_MS);
    const [later, after] = await Promise.all([depthOf(target, 'delivery'), watch.runs('process')]);
    const moved = later.waiting + later.inFlight === 0 || (after.succeededAt ?? 0) > (before.succeededAt ?? 0);
    if (moved || Date.now() >= end) return examineQueue(later, age, moved);
  }
}

async function examineProcessing(target: Target): Promise<Finding> {
  const { state } = await readMapping(target);
  if (state === 'Enabled') return ok('processing', 'processing', 'on');
  return fault('paused', 'processing', `it is ${state.toLowerCase()}: events wait in their queues.`, 'ops resume');
}
