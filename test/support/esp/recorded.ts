import { parseJson } from '../../../lambda/domain/json.ts';
import type {
  ApiContext,
  ApiRequest,
  EspApi,
  EventsApi,
  ListsApi,
  WebhooksApi,
} from '../../../lambda/providers/api.ts';
import type { Defaults, ListFile, Row } from '../../../lambda/providers/list-file.ts';

/**
 * An ESP that answers from a list, in the order in which it is asked, and keeps each request as it was written. For what a client asks and
 * what it reads out of an answer; how requests are sent is the caller's, and tested with it.
 */

const OTHER = Symbol('status');

/** An answer with a status of its own; without a body it is empty. */
export const status = (code: number, body?: unknown) => ({ [OTHER]: code, body });

/** A request without what is a function. */
export type Asked = Omit<ApiRequest, 'isSound'>;

export interface Recorded {
  readonly context: ApiContext;
  /** All requests so far. */
  asked(): readonly Asked[];
  /** Milliseconds of each wait. */
  waited(): readonly number[];
}

/** @param answers JSON that is answered with 200; a text as it stands, nothing as an empty body; others by `status` */
export function recorded(
  answers: readonly unknown[] = [],
  given: Partial<Pick<ApiContext, 'now' | 'domain' | 'source'>> = {},
): Recorded {
  const asked: Asked[] = [];
  const waited: number[] = [];
  const rest = [...answers];
  const context: ApiContext = {
    ...{ now: Date.UTC(2026, 2, 10), domain: 'mail.example.com', source: 'esp' },
    ...given,
    async call({ isSound, ...request }) {
      asked.push(request);
      if (rest.length === 0) throw new Error(`Nothing is left to answer to ${request.method} ${request.path}`);
      const { code, text } = written(rest.shift());
      if (code >= 300 && request.accepts?.includes(code) !== true) throw new Error(`${code} is not understood`);
      if (code < 300 && isSound?.(text) === false) throw new Error('The answer is taken for none');
      // As the caller reads it: what is accepted has fields, even where it is empty or no JSON.
      const json = request.download === undefined ? read(text) : {};
      return { status: code, text, json: request.accepts?.includes(code) === true ? (json ?? {}) : json };
    },
    wait: async (ms) => void waited.push(ms),
  };
  return { context, asked: () => asked, waited: () => waited };
}

function written(answer: unknown): { readonly code: number; readonly text: string } {
  const other = typeof answer === 'object' && answer !== null && OTHER in answer;
  const { [OTHER]: code, body } = other ? (answer as ReturnType<typeof status>) : { [OTHER]: 200, body: answer };
  return { code, text: typeof body === 'string' ? body : (JSON.stringify(body) ?? '') };
}

function read(text: string): unknown {
  try {
    return text.trim() === '' ? undefined : parseJson(text);
  } catch {
    return undefined;
  }
}

/** Every page, to its end. */
export async function pagesOf<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const page of pages) all.push(page);
  return all;
}

/** The parts of a client, for an ESP that has them. */
export const partsOf = ({ events, lists, webhooks }: EspApi) => ({
  events: events as EventsApi,
  lists: lists as Required<ListsApi>,
  webhooks: webhooks as Required<WebhooksApi>,
});

/** One line of a list file. */
export const line = (
  file: ListFile,
  cells: Readonly<Record<string, string>>,
  defaults: Defaults = {},
): Row | undefined => file.read(new Map(Object.entries(cells)), defaults);
