import { safeParse } from 'valibot';
import { stackName } from '../../lambda/contract/outputs.ts';
import { topicName } from '../../lambda/contract/topics.ts';
import { PROVIDERS } from '../../lambda/providers/index.ts';
import { capacityMistakes } from './aws/capacity.ts';
import { streamMistakes } from './feeds.ts';
import { isObject, type Mistake, mistakeOf, strayKeys } from './mistakes.ts';
import { globals, type Settings } from './schema.ts';
import { checkSource } from './source.ts';
import { unsubscribeMistakes } from './unsubscribe.ts';
import { NAME_RULE, RESERVED_NAME, SOURCE_NAME } from './values.ts';
import { reconcileMistakes } from './watch/reconcile.ts';

/** Minutes. */
const A_DAY = 1440;

type Checked = { readonly settings: Settings } | { readonly mistakes: readonly Mistake[] };

/** A parsed settings file to settings, or to every mistake in it. */
export function checkSettings(document: unknown, stage: string): Checked {
  if (!isObject(document)) return { mistakes: [{ path: [], problem: 'must hold one JSON object' }] };
  const { sources: given, ...rest } = document;
  const parsed = safeParse(globals, rest);
  const sources = checkSources(given);
  const mistakes = [
    ...sources.mistakes,
    ...strayKeys(globals, rest, [], ['sources']),
    ...(parsed.issues ?? []).flatMap((issue) => mistakeOf(issue, document)),
  ];
  if (mistakes.length > 0 || !parsed.success) return { mistakes };
  const pointInTimeRecovery = parsed.output.pointInTimeRecovery ?? !parsed.output.archive;
  const settings = { ...parsed.output, pointInTimeRecovery, stage, sources: sources.valid };
  const contradictions = [
    ...zoneMistakes(settings),
    ...retentionMistakes(settings),
    ...rateMistakes(settings),
    ...trickleMistakes(settings),
    ...streamMistakes(settings),
    ...capacityMistakes(settings),
    ...feedMistakes(settings.sources),
    ...topicMistakes(settings),
    ...unsubscribeMistakes(settings.unsubscribe),
    ...reconcileMistakes(settings),
  ];
  return contradictions.length > 0 ? { mistakes: contradictions } : { settings };
}

function checkSources(given: unknown): { valid: Settings['sources']; mistakes: Mistake[] } {
  const path = ['sources'];
  const none = noSources(given);
  if (none !== undefined) return { valid: {}, mistakes: [{ path, problem: none }] };
  const checked = Object.entries(given as Record<string, unknown>).map(([name, input]) => {
    const at = [...path, name];
    if (!SOURCE_NAME.test(name)) return { name, mistakes: [{ path: at, problem: `the name must be ${NAME_RULE}` }] };
    if (RESERVED_NAME.test(name)) return { name, mistakes: [{ path: at, problem: 'the name is built in' }] };
    return { name, ...checkSource(input, at) };
  });
  const valid = checked.flatMap((one) => ('source' in one ? [[one.name, one.source] as const] : []));
  return {
    valid: Object.fromEntries(valid),
    mistakes: checked.flatMap((one) => ('mistakes' in one ? one.mistakes : [])),
  };
}

function noSources(given: unknown): string | undefined {
  if (Array.isArray(given))
    return 'holds no source by name: it is a list, allowed: an object, from the name of each source to its settings';
  if (given !== undefined && !isObject(given))
    return 'holds no source: allowed is an object, from the name of each source to its settings';
  return Object.keys(given ?? {}).length === 0 ? 'holds no source; a stack without one does nothing' : undefined;
}

/** A rule that tells nothing apart takes the events of all mail that is sent: another rule beside it takes them once more. */
function feedMistakes(sources: Settings['sources']): Mistake[] {
  const fed = Object.entries(sources).flatMap(([name, { provider: id, options }]) => {
    const provider = PROVIDERS.get(id);
    const isFed = provider?.topics?.(options)?.via === 'eventbridge';
    return isFed ? [{ name, options, option: provider.toldApartBy?.eventbridge ?? 'options' }] : [];
  });
  if (fed.length < 2) return [];
  const problem = `missing: ${fed.length} sources are fed by EventBridge, and without it this one gets what is for the others too`;
  return fed
    .filter(({ options, option }) => options[option] === undefined)
    .map(({ name, option }) => ({ path: ['sources', name, option], problem }));
}

/** What SNS puts on the queue says which topic spoke, and nothing else: of two sources with one topic, one would get nothing. */
function topicMistakes({ sources, stage }: Settings): Mistake[] {
  const owners = new Map<string, string>();
  const received = Object.entries(sources).flatMap(([source, { provider: id, options }]) => {
    const provider = PROVIDERS.get(id);
    const topics = provider?.topics?.(options);
    const option = provider?.toldApartBy?.['sns-queue'] ?? 'options';
    return topics?.via === 'sns-queue' ? [{ source, option, ...topics }] : [];
  });
  // Of a topic that the stack makes only the name is known here, which nobody else's has.
  for (const { source, make } of received) if (make) owners.set(topicName(stackName(stage), source), source);
  return received.flatMap(({ source, option, named }) =>
    named.flatMap((arn) => {
      const owner = owners.get(arn) ?? owners.get(arn.split(':').at(-1) ?? '');
      owners.set(arn, owner ?? source);
      if (owner === undefined) return [];
      const problem = `names ${arn}, which ${owner === source ? "is this source's already" : `is the topic of "${owner}" already`}: with "via": "sns-queue" a topic has one source; to tell mails apart, give each source a topic of its own`;
      return [{ path: ['sources', source, option], problem }];
    }),
  );
}

function zoneMistakes({ customDomain: domain }: Settings): Mistake[] {
  const zone = domain?.hostedZone?.name;
  if (!domain || !zone || domain.name === zone || domain.name.endsWith(`.${zone}`)) return [];
  return [{ path: ['customDomain', 'name'], problem: `is "${domain.name}", not a name in the hosted zone "${zone}"` }];
}

function rateMistakes({ alarms }: Settings): Mistake[] {
  return (['bounceRate', 'complaintRate'] as const).flatMap((rate) => {
    const { warning, critical } = alarms[rate];
    if (warning < critical) return [];
    return [
      {
        path: ['alarms', rate, 'warning'],
        problem: `is ${warning}, allowed: less than critical, which is ${critical}`,
      },
    ];
  });
}

/** One period of an alarm is a day at most. */
function trickleMistakes({ sources }: Settings): Mistake[] {
  return Object.entries(sources).flatMap(([name, { expectEvery, expectAtLeast }]) => {
    if (expectAtLeast === undefined || (expectEvery !== false && expectEvery <= A_DAY)) return [];
    const problem = 'counts what comes within expectEvery, allowed: with an expectEvery of at most "24h"';
    return [{ path: ['sources', name, 'expectAtLeast'], problem }];
  });
}

/** A series of soft bounces is read from the events that are kept. */
function retentionMistakes({ retention: { eventsDays }, policy, sources }: Settings): Mistake[] {
  const windows: [string[], number | undefined][] = [
    [['policy'], policy.softBounces.windowDays],
    ...Object.entries(sources).map(([name, source]): [string[], number | undefined] => [
      ['sources', name, 'policy'],
      source.policy?.softBounces?.windowDays,
    ]),
  ];
  return windows.flatMap(([path, days = 0]) =>
    days < eventsDays
      ? []
      : [
          {
            path: [...path, 'softBounces', 'windowDays'],
            problem: `is ${days}, allowed: less than retention.eventsDays, which is ${eventsDays}`,
          },
        ],
  );
}
