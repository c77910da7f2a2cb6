/** Stands in for `test/support/template.ts`: the same templates with one change, which the environment names. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Settings } from '../../../../lib/settings/schema.ts';
import * as real from '../../template.ts';
import { OUTPUT, type TemplateChange } from './template-changes.ts';

export * from '../../template.ts';

type Synthesized = ReturnType<typeof real.synthesize>;

/** Only the template changes, not the code that makes it: each is made once. */
function partsOf(settings: Settings): Parts {
  const name = createHash('sha256').update(JSON.stringify(settings)).digest('hex').slice(0, 16);
  const file = join(process.env.TEMPLATES ?? tmpdir(), `quell-template-${name}.json`);
  if (!existsSync(file)) {
    const { resources, outputs } = real.synthesize(settings);
    writeFileSync(file, JSON.stringify({ resources, outputs }));
  }
  return JSON.parse(readFileSync(file, 'utf8'));
}

type Parts = Pick<Synthesized, 'resources' | 'outputs'>;

function changed(parts: Parts): Parts {
  const { TEMPLATE_CHANGE: text } = process.env;
  if (!text) return parts;
  const { type, id, path, becomes } = JSON.parse(text) as TemplateChange;
  let place: unknown = type === OUTPUT ? parts.outputs : parts.resources;
  const way = [id, ...path];
  for (const step of way.slice(0, -1)) place = (place as Record<string | number, unknown> | undefined)?.[step];
  const last = way.at(-1) ?? '';
  if (typeof place !== 'object' || place === null || !(last in place)) return parts;
  if (becomes !== undefined) (place as Record<string | number, unknown>)[last] = becomes;
  else if (Array.isArray(place)) place.splice(Number(last), 1);
  else delete (place as Record<string | number, unknown>)[last];
  return parts;
}

export function synthesize(settings: Settings): Synthesized {
  const { resources, outputs } = changed(partsOf(settings));
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
