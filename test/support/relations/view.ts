import { isDeepStrictEqual } from 'node:util';
import type { FunctionName } from '../../../lambda/contract/env.ts';
import { isFed } from '../../../lib/constructs/ses/direct.ts';
import { topicsOf } from '../../../lib/constructs/ses/topics.ts';
import type { Settings } from '../../../lib/settings/schema.ts';
import { type Resource, show, synthesize } from '../template.ts';

type Synthesized = ReturnType<typeof synthesize>;

/** A template beside the settings that it is of. */
export interface View extends Synthesized {
  readonly settings: Settings;
}

/** What is wrong between the parts of a template, or between a part and the data that it comes from. */
export type Rule = (view: View) => Iterable<string>;

export const viewOf = (settings: Settings): View => ({ ...synthesize(settings), settings });

/** With CloudFormation's functions as the text that a reader sees. */
export function shown(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== 'object' || value === null) return value;
  const [first = ''] = Object.keys(value);
  if (/^(Ref|Fn::\w+)$/.test(first)) return show(value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shown(inner)]));
}

export function* same(where: string, actual: unknown, expected: unknown): Generator<string> {
  const is = shown(actual);
  if (!isDeepStrictEqual(is, expected)) yield `${where} is ${JSON.stringify(is)} and not ${JSON.stringify(expected)}`;
}

/** The same in any order. */
export const sameSet = (where: string, actual: readonly unknown[], expected: readonly unknown[]): Generator<string> =>
  same(where, actual.map(String).sort(), expected.map(String).sort());

/** What no person reads of it: a description is not compared. */
export function undescribed({ Description: _, AlarmDescription: __, ...rest }: Resource['Properties']) {
  return rest;
}

/** Id and properties of a function, which is known by the log group that it writes to. */
export function functionOf({ ofType, resources }: View, name: FunctionName): [id: string, Resource['Properties']] {
  const found = ofType('AWS::Lambda::Function').find(([, { Properties }]) => {
    const group = show((Properties.LoggingConfig as { LogGroup?: unknown } | undefined)?.LogGroup);
    return String(resources[group]?.Properties.LogGroupName).endsWith(`/${name}`);
  });
  return found ? [found[0], found[1].Properties] : ['', {}];
}

/** Its functions, by what the settings switch on. */
export const functionsOf = ({ settings }: View): FunctionName[] => [
  ...(['receive', 'process', 'pulse'] as const),
  ...(settings.publish ? (['publish'] as const) : []),
  ...(settings.reconcile === undefined ? [] : (['reconcile'] as const)),
  ...(settings.console ? (['console'] as const) : []),
];

export const hasFeeds = ({ settings }: View): boolean => Object.values(settings.sources).some(isFed);

/** Topics that the stack makes, by source; and all that sources receive from. */
export function sesTopicsOf({ settings, ofType }: View) {
  const received = Object.entries(settings.sources).flatMap(([source, one]) => {
    const topics = topicsOf(one);
    return topics ? [{ source, ...topics }] : [];
  });
  const made = received
    .filter(({ make }) => make)
    .map(({ source, via }) => {
      const name = `quell-${settings.stage}_${source}`;
      const [id = ''] = ofType('AWS::SNS::Topic').find(([, { Properties }]) => Properties.TopicName === name) ?? [];
      return { source, via, id };
    });
  return {
    made,
    received,
    arns: [...new Set([...made.map(({ id }) => id), ...received.flatMap(({ named }) => named)])],
  };
}

/** Id of the only one of its type, or of the one whose id holds the part. */
export const idOf = ({ ofType }: View, type: string, part = ''): string =>
  ofType(type).find(([id]) => id.includes(part))?.[0] ?? '';
