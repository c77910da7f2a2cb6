import { FEW_BOUNCES, SURELY_BOUNCES } from '../../../../../lambda/contract/alarms.ts';
import type { RateKind } from '../../../../../lambda/contract/logs.ts';
import type { EpochMs } from '../../../../../lambda/contract/units.ts';
import { WITHOUT_COMPLAINTS } from '../../../../../lambda/domain/mailbox-operators.ts';
import { PROVIDERS } from '../../../../../lambda/providers/index.ts';
import type { SourceName, Target } from '../../../target/target.ts';
import { type Finding, fault, note, ok } from '../finding.ts';
import type { RateLine, Watch } from '../watch.ts';

const WEEK = 7 * 86_400_000;
const BOUNCES = ['hard', 'soft', 'block', 'undetermined'] as const satisfies readonly RateKind[];
/** What these have is their sender's to decide. */
const UNKNOWN_KINDS = ['generic', 'standard-webhooks'];
const SILENT_OPERATORS = WITHOUT_COMPLAINTS.map(({ name }) => name);

/**
 * Does each source send every kind that rates are made of? The alarm `missing-kinds` sees all sources together, so that one hides what another
 * lacks; here each stands for itself, with those of its dedupe group, of which whichever came first was counted.
 */
export async function examineKinds(target: Target, watch: Watch, now: EpochMs): Promise<Finding[]> {
  const { sources } = target.names;
  const groupOf = (name: string): string => sources.get(name)?.dedupeGroup ?? name;
  const { minimumDelivered } = target.thresholds();
  const lines = await watch.rates(now - WEEK);
  return [...sources].flatMap(([name, source]) => {
    const own = lines.filter((line) => groupOf(line.source) === groupOf(name));
    return own.length === 0 ? [] : judge(name, source, own, SURELY_BOUNCES * minimumDelivered);
  });
}

/** @param many deliveries among which some mail surely bounced, and somebody surely complained */
function judge(name: string, { provider }: SourceName, lines: readonly RateLine[], many: number): Finding[] {
  const sum = (kinds: readonly RateKind[], some = lines): number =>
    some.reduce((total, { counts }) => total + kinds.reduce((own, kind) => own + (counts[kind] ?? 0), 0), 0);
  const emits = PROVIDERS.get(provider)?.emits ?? [];
  const [delivered, bounced, complained] = [sum(['delivered']), sum(BOUNCES), sum(['complained'])];
  const reporting = sum(
    ['delivered'],
    lines.filter(({ operator }) => !SILENT_OPERATORS.includes(operator)),
  );
  if (delivered === 0 && sum(['hard']) >= FEW_BOUNCES && emits.includes('delivered')) {
    const says = `${sum(['hard'])} hard bounces in 7 days and no delivery: its rates cannot be judged, and bounce-rate and complaint-rate stay silent.`;
    return [
      UNKNOWN_KINDS.includes(provider)
        ? note('kind-missing', name, says)
        : fault('kind-missing', name, says, fix(name, provider, 'deliveries')),
    ];
  }
  const findings = [
    ...(delivered >= many && bounced === 0 && emits.includes('bounced')
      ? [
          note(
            'kind-missing',
            name,
            `${delivered} deliveries in 7 days and no bounce: ${fix(name, provider, 'bounces')}`,
          ),
        ]
      : []),
    ...(reporting >= many && complained === 0 && emits.includes('complained')
      ? [
          note(
            'kind-missing',
            name,
            `${reporting} deliveries in 7 days where complaints are reported, and none: ${fix(name, provider, 'complaints')}`,
          ),
        ]
      : []),
  ];
  if (findings.length > 0) return findings;
  return [
    ok('kinds', name, `in 7 days: ${delivered} delivered, ${bounced} bounced, ${Math.round(complained)} complained`),
  ];
}

const fix = (name: string, provider: string, what: string): string =>
  `at the ESP, is the event for ${what} ticked (docs/providers/${provider}.md)? Or: ops connect ${name}`;
