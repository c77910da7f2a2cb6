import type { EpochMs } from '../../contract/units.ts';
import { parseJson, UnreadableJson } from '../../domain/json.ts';
import { type Fields, fields } from '../../domain/read.ts';
import type { SampleRequest } from '../provider.ts';
import { presentSecret } from './proof/password.ts';

/** What samples of several providers have in common. */

export const JSON_TYPE = 'application/json';
export const FORM_TYPE = 'application/x-www-form-urlencoded';

/** A post of an ESP that signs nothing and repeats the secret. */
export function postWithSecret(secret: string, contentType: string, body: string): SampleRequest {
  const { headers, query } = presentSecret(secret);
  return {
    method: 'POST',
    headers: { ...headers, 'content-type': contentType },
    ...(query !== undefined && { query }),
    body,
  };
}

/** Members of a body that somebody brings along; none where it is no JSON object. */
export function membersOf(body: string): Fields {
  try {
    return fields(parseJson(body));
  } catch (error) {
    if (error instanceof UnreadableJson) return {};
    throw error;
  }
}

/** What a notification is to carry: of a whole one that somebody brings along its message, which is then wrapped and signed anew. */
export function messageIn(body: string): string {
  const { Type: type, Message: message } = membersOf(body);
  return typeof type === 'string' && typeof message === 'string' ? message : body;
}

/** `2026-05-04 10:00:00`, UTC without saying so. */
export const textTime = (at: EpochMs): string => new Date(at).toISOString().slice(0, 19).replace('T', ' ');
