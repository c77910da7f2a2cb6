/** Every single change of the templates that the settings of test/support/stack make. */
import { VARIANTS } from '../../stack/settings.ts';
import { synthesize } from '../../template.ts';

export interface TemplateChange {
  readonly type: string;
  readonly id: string;
  /** From the resource down; empty for the resource itself. */
  readonly path: readonly (string | number)[];
  /** Left out if undefined. */
  readonly becomes?: unknown;
}

/** What people read, what a build makes, and what has a suite of its own that reads it as text. */
const NOT = /^(Description|AlarmDescription|Metadata|Code|DashboardBody|QueryString|Tags|Comment|Label)$/;

/** A function of CloudFormation is one value. */
const isCall = (value: object): boolean => /^(Ref|Fn::\w+)$/.test(Object.keys(value)[0] ?? '');

function* within(value: unknown, path: (string | number)[]): Generator<[(string | number)[], unknown?]> {
  if (typeof value === 'number') yield [path, value * 2 || 1];
  else if (typeof value === 'boolean') yield [path, !value];
  else if (typeof value === 'string') yield [path, 'Other'];
  if (typeof value !== 'object' || value === null) return;
  if (isCall(value)) {
    yield [path, { Ref: 'OtherThing' }];
    return;
  }
  for (const [key, inner] of Object.entries(value)) {
    if (NOT.test(key)) continue;
    const at = [...path, Array.isArray(value) ? Number(key) : key];
    yield [at];
    yield* within(inner, at);
    // Wider than meant.
    const wide =
      key === 'Action' ? `${String([inner].flat()[0]).split(':')[0]}:*` : key === 'Resource' ? '*' : undefined;
    if (wide !== undefined && inner !== wide) yield [at, wide];
  }
}

/** The type of what is no resource. */
export const OUTPUT = 'Output';

export function changesOfTemplates(): TemplateChange[] {
  const made = Object.values(VARIANTS).map((settings) => synthesize(settings));
  const outputs = Object.keys(Object.assign({}, ...made.map((one) => one.outputs)));
  const resources = Object.assign({}, ...made.map((one) => one.resources));
  const ofResources = Object.entries(resources as Record<string, { Type: string }>).flatMap(
    ([id, { Type, ...rest }]) => [
      { type: Type, id, path: [] },
      ...[...within(rest, [])].map(([path, becomes]) => ({ type: Type, id, path, becomes })),
    ],
  );
  const ofOutputs = outputs.flatMap((id) => [
    { type: OUTPUT, id, path: [] },
    { type: OUTPUT, id, path: ['Value'], becomes: { Ref: 'OtherThing' } },
  ]);
  return [...ofResources, ...ofOutputs];
}
