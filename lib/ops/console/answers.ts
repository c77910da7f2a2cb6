import type { Context as Call } from 'hono';
import { normaliseAddress } from '../../../lambda/domain/address.ts';
import { UsageError } from '../cli/errors.ts';
import type { Context } from './context.ts';
import { saidBox } from './pages/forms.ts';
import { type Frame, type Html, page } from './parts/page.ts';
import { clean } from './parts/shown.ts';
import type { Clock } from './parts/words.ts';

/** What came of an action: said to whoever acted, on the page they come to. */
export interface Done {
  readonly ok: boolean;
  readonly says: readonly string[];
  /** Where the answer leads. */
  readonly back: string;
}

/** The one way in which a path answers: with its page for people, with its model for programs. */
export interface Answers {
  page<M extends object>(
    call: Call,
    title: string,
    model: () => Promise<M>,
    view: (model: M, now: Clock) => Html,
    search?: string,
  ): Promise<Response>;
  /** A page without a model, such as a question or a fault. */
  bare(call: Call, title: string, body: Html, status?: 200 | 400 | 404 | 500 | 503): Promise<Response>;
  /** Leads on from an action to the page that says what came of it. */
  done(call: Call, done: Done): Response;
}

/** @param document what surrounds every page */
export function answersOf({ target, readOnly, now }: Context, version: string, document = page): Answers {
  const said = new Map<string, Done>();
  const frameOf = (call: Call): Frame => ({
    label: target.label,
    readOnly,
    path: call.req.path,
    version,
    times: otherTimes(call),
  });
  return {
    async page(call, title, model, view, search = '') {
      const found = await model();
      if (wantsJson(call)) return call.json(found);
      const done = said.get(call.req.query('said') ?? '');
      const body = [...(done ? [saidBox(done.ok, done.says)] : []), view(found, isExact(call) ? 'exact' : now())];
      return call.html(await document(frameOf(call), clean(title), body, search));
    },
    bare: async (call, title, body, status = 200) =>
      call.html(await document(frameOf(call), clean(title), body), status),
    done(call, done) {
      if (wantsJson(call)) return call.json(done, done.ok ? 200 : 409);
      const key = String(said.size);
      said.set(key, done);
      return call.redirect(`${done.back}?said=${key}`, 303);
    },
  };
}

const isExact = (call: Call): boolean => call.req.query('times') === 'exact';

/** The same page with its times written the other way. */
function otherTimes(call: Call): Frame['times'] {
  const { times: _times, said: _said, token: _token, ...rest } = call.req.query();
  const exact = isExact(call);
  const query = new URLSearchParams(exact ? rest : { ...rest, times: 'exact' }).toString();
  return { exact, href: `${new URL(call.req.url).pathname}${query === '' ? '' : `?${query}`}` };
}

export const wantsJson = (call: Call): boolean => {
  const accept = call.req.header('accept') ?? '';
  return accept.includes('application/json') && !accept.includes('text/html');
};

/** The person that a path is about. @throws UsageError where it names none */
export function addressOf(call: Call): string {
  const address = normaliseAddress(call.req.param('address') ?? '');
  if (address === undefined) throw new UsageError('That is not an e-mail address.');
  return address;
}
