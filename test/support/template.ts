import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { Settings } from '../../lib/settings/schema.ts';
import { QuellStack } from '../../lib/stack.ts';

export interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly DependsOn?: readonly string[];
}

const { context } = JSON.parse(readFileSync('cdk.json', 'utf8')) as { context: Record<string, unknown> };

/**
 * An app as cdk.json has it, which neither bundles nor keeps where each construct was made.
 * @param checked by CloudFormation's own rules, which takes seconds: nag.test.ts does it for all of them.
 */
export const appOf = ({ checked = false } = {}): App =>
  new App({
    context: {
      ...context,
      'aws:cdk:bundling-stacks': [],
      'aws:cdk:disable-creation-stack-traces': true,
    },
    builtinCloudFormationValidation: checked,
    // Half of a synthesis, and beside the template.
    treeMetadata: false,
  });

/** A stack for reading its constructs or its template. */
export const stackOf = (settings: Settings): QuellStack => new QuellStack(appOf(), settings);

/** Templates by their settings, of all suites of this worker. */
const synthesized = createRequire(import.meta.url)('./run/kept.cjs') as Map<string, string>;

/** The template as text, made once for each settings. */
function templateText(settings: Settings): string {
  const key = JSON.stringify(settings);
  const text = synthesized.get(key) ?? JSON.stringify(Template.fromStack(stackOf(settings)).toJSON());
  synthesized.set(key, text);
  return text;
}

/** The resources of a template by logical id, and its outputs. */
export function synthesize(settings: Settings) {
  const { Resources, Outputs } = JSON.parse(templateText(settings)) as {
    Resources: Record<string, Resource>;
    Outputs: Record<string, { Value: unknown }>;
  };
  const ofType = (type: string): [string, Resource][] =>
    Object.entries(Resources).filter(([, resource]) => resource.Type === type);
  return {
    resources: Resources,
    outputs: Outputs,
    ofType,
    /** Properties of the first resource of a type whose id holds `part`. */
    first<P = Resource['Properties']>(type: string, part = ''): P {
      const found = ofType(type).find(([id]) => id.includes(part));
      if (!found) throw new Error(`no ${type} with "${part}" in its id`);
      return found[1].Properties as P;
    },
  };
}

/** A CloudFormation value as a reader sees it: `Id`, `Id.Attribute`, joined texts. */
export function show(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const [[name, argument] = ['', undefined]] = Object.entries(value);
  if (name === 'Ref') return String(argument);
  if (name === 'Fn::GetAtt') return (argument as string[]).join('.');
  if (name === 'Fn::Join') return (argument as [string, unknown[]])[1].map(show).join((argument as [string])[0]);
  return JSON.stringify(value);
}
