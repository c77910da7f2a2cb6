import type { Assembly } from './assembly.ts';
import { type Place, type Places, resolve } from './resolve.ts';

export interface LocalResource<Properties> {
  readonly id: string;
  readonly place: Place;
  /** With every reference replaced by its local value. */
  readonly properties: Properties;
}

/** The synthesized stack, by resource type, in the order of the template. */
export interface StackView {
  ofType<Properties>(type: string): readonly LocalResource<Properties>[];
}

export function viewStack(resources: Assembly['resources'], places: Places): StackView {
  return {
    ofType<Properties>(type: string) {
      return Object.entries(resources)
        .filter(([, resource]) => resource.Type === type)
        .map(([id, resource]) => ({
          id,
          place: places.get(id) as Place,
          properties: resolve(resource.Properties ?? {}, places) as Properties,
        }));
    },
  };
}
