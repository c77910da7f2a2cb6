import { PoisonEvent } from '../../domain/errors.ts';
import { parseJson, UnreadableJson } from '../../domain/json.ts';
import { type Fields, fields } from '../../domain/read.ts';

/** A raw event that must be a JSON object. @throws PoisonEvent on anything else. */
export function rawFields(raw: string): Fields {
  let value: unknown;
  try {
    value = parseJson(raw);
  } catch (error) {
    if (!(error instanceof UnreadableJson)) throw error;
    throw new PoisonEvent(`The event is ${error.message}.`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new PoisonEvent('The event is not a JSON object.');
  return fields(value);
}
