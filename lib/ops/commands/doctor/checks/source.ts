import type { EpochMs } from '../../../../../lambda/contract/units.ts';
import { EVENT_API_IDS } from '../../../../../lambda/providers/apis.ts';
import { PROVIDERS } from '../../../../../lambda/providers/index.ts';
import type { SourceName } from '../../../target/target.ts';
import { ago, type Finding, fault, note, ok } from '../finding.ts';
import type { Refusals, Traffic } from '../watch.ts';

interface SourceFacts {
  readonly name: string;
  readonly source: SourceName;
  /** How many secrets are live; undefined where the secret could not be read. */
  readonly secrets: number | undefined;
  readonly traffic: Traffic;
  readonly now: EpochMs;
  /** A stack that was just started has heard of nobody, and that is right. */
  readonly local: boolean;
}

const DAY_MINUTES = 24 * 60;
/** As many as the alarm on refused proofs lets pass. */
const TOLERATED_REFUSALS = 5;

/** Is this source wired? The first thing wrong explains the rest. */
export function examineSource(facts: SourceFacts): Finding[] {
  const { name, source, secrets } = facts;
  const needsSecret = PROVIDERS.get(source.provider)?.keys !== 'none';
  if (needsSecret && secrets === 0) {
    return [
      fault('secret-missing', name, 'no secret is stored: every request is answered 503.', `ops secrets set ${name}`),
    ];
  }
  const live = needsSecret ? [ok('secret', name, `live secrets: ${secrets ?? 'not known'}`)] : [];
  const found = heard(facts);
  return [...live, found, ...lostSince(facts, found)];
}

/** What the ESP has given up meanwhile is gone, unless it is asked for. */
function lostSince({ name, source, traffic, now }: SourceFacts, { level }: Finding): Finding[] {
  if (level !== 'fault' || traffic.storedAt === undefined || !EVENT_API_IDS.includes(source.provider)) return [];
  const from = new Date(traffic.storedAt).toISOString();
  const says = `what was lost since ${ago(traffic.storedAt, now)} can be brought, once events arrive again: ops catch-up ${name} --from ${from} --dry-run`;
  return [note('catch-up', name, says)];
}

function heard({ name, source, traffic, now, local }: SourceFacts): Finding {
  const { storedAt, refused } = traffic;
  // Of a source that may be silent for as long as it likes, only what it sends says anything.
  const window = source.expectEvery === false ? Number.POSITIVE_INFINITY : (source.expectEvery ?? DAY_MINUTES) * 60_000;
  if (refused) {
    const wrong = refusedFor(name, source, refused, storedAt, now);
    // Between events that are stored, a few may be anybody's.
    const few = refused.count < TOLERATED_REFUSALS && storedAt !== undefined && now - storedAt < window;
    return few ? note(wrong.code, name, `${wrong.says} Perhaps not the ESP's.`) : wrong;
  }
  if (storedAt === undefined) {
    if (source.expectEvery === false) return note('silent', name, 'no event for 15 days; none is expected.');
    if (local) return note('silent', name, `nothing has arrived yet: ops send ${name} --local`);
    return fault('silent', name, 'no event has ever arrived, or none for 15 days.', wiring(source));
  }
  if (!local && now - storedAt > window) {
    return fault(
      'silent',
      name,
      `the last event arrived ${ago(storedAt, now)}; expected is one every ${span(window)}.`,
      wiring(source),
    );
  }
  return ok('traffic', name, `last event ${ago(storedAt, now)}`);
}

const wiring = ({ url }: SourceName): string =>
  `at the ESP: is the webhook on, is its URL ${url}, what does its delivery log say? Little mail: a longer expectEvery`;

const span = (ms: number): string => (ms % 3_600_000 === 0 ? `${ms / 3_600_000} h` : `${ms / 60_000} min`);

function refusedFor(
  name: string,
  source: SourceName,
  refused: Refusals,
  storedAt: EpochMs | undefined,
  now: EpochMs,
): Finding {
  const { reason, count, at } = refused;
  const since = storedAt === undefined ? 'nothing was ever stored' : `last stored ${ago(storedAt, now)}`;
  const others = (storedAt ?? 0) > at ? ' Others are stored: it is one webhook of several, or mended since.' : '';
  const says = `${count} ${count === 1 ? 'request' : 'requests'} refused (${reason}), the last ${ago(at, now)}; ${since}.${others}`;
  const [code, fix] = REFUSALS.get(reason) ?? ['refused', 'ops verify with a captured request says which check fails'];
  return fault(code, name, says, fix.replaceAll('SOURCE', name).replaceAll('URL', source.url));
}

/** What a refusal means, and what mends it. */
const REFUSALS: ReadonlyMap<string, readonly [string, string]> = new Map([
  [
    'bad-proof',
    ['secret-wrong', 'the ESP signs with another key: take the present one from it, ops secrets set SOURCE --add'],
  ],
  [
    'missing-proof',
    ['unsigned', 'requests carry no proof: switch signing on at the ESP, or it is not the ESP that posts'],
  ],
  ['stale', ['stale', "the ESP's clock, or a proxy that holds requests back; ops verify shows by how much"]],
  ['secret-missing', ['secret-missing', 'ops secrets set SOURCE; it counts within 30 seconds']],
  [
    'secret-unreadable',
    ['secret-unreadable', 'the stored value has not the form the ESP shows: ops secrets set SOURCE --replace'],
  ],
  [
    'address-not-allowed',
    [
      'address-not-allowed',
      "the ESP posts from addresses that are not in the source's allowIps: compare with its list",
    ],
  ],
  ['topic-not-allowed', ['topic-not-allowed', "the SNS topic is not in the source's topicArns: add it and deploy"]],
  ['method-not-allowed', ['method-not-allowed', 'the ESP must POST to URL']],
]);
