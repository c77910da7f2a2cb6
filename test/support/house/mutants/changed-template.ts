/** Stands in for `test/support/template.ts`: the same templates with one change, which the environment names. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Settings } from '../../../../lib/settings/schema.ts';
import * as real from '../../template.ts';
import type { TemplateChange } from './template-changes.ts';

export * from '../../template.ts';

type Synthesized = ReturnType<typeof real.synthesize>;

/** Only the template changes, not the code that makes it: each is made once. */
function resourcesOf(settings: Settings): Pick<Synthesized, 'resources' | 'outputs'> {
  const name = createHash('sha256').update(JSON.stringify(settings)).digest('hex').slice(0, 16);
  const file = join(tmpdir(), `quell-mutants-${process.ppid}-${name}.json`);
  if (!existsSync(file)) {
    const { resources, outputs } = real.synthesize(settings);
    writeFileSync(file, JSON.stringify({ resources, outputs }));
  }
  return JSON.parse(readFileSync(file, 'utf8'));
}

function changed(resources: Synthesized['resources']): Synthesized['resources'] {
  const { TEMPLATE_CHANGE: text } = process.env;
  if (!text) return resources;
  const { id, path, becomes } = JSON.parse(text) as TemplateChange;
  let place: Record<string | number, unknown> | undefined = resources;
  const way = [id, ...path];
  for (const step of way.slice(0, -1)) place = place?.[step] as typeof place;
  const last = way.at(-1) ?? '';
  if (place === undefined || place === null || !(last in place)) return resources;
  if (becomes !== undefined) place[last] = becomes;
  else if (Array.isArray(place)) place.splice(Number(last), 1);
  else delete place[last];
  return resources;
}

export function synthesize(settings: Settings): Synthesized {
  const { resources: plain, outputs } = resourcesOf(settings);
  const resources = changed(plain);
  const ofType: Synthesized['ofType'] = (type) => Object.entries(resources).filter(([, { Type }]) => Type === type);
  return {
    resources,
    outputs,
    ofType,
    first<P>(type: string, part = ''): P {
      const found = ofType(type).find(([id]) => id.includes(part));
      if (!found) throw new Error(`no ${type} with "${part}" in its id`);
      return found[1].Properties as P;
    },
  };
}
