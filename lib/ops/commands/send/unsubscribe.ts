import { randomBytes } from 'node:crypto';
import { ALL, UNSUBSCRIBE_SOURCE } from '../../../../lambda/contract/unsubscribe.ts';
import { normaliseAddress } from '../../../../lambda/domain/address.ts';
import { FORM, ONE_CLICK } from '../../../../lambda/domain/unsubscribe/form.ts';
import { audited } from '../../audit/audited.ts';
import { UsageError } from '../../cli/errors.ts';
import { EXIT, type ExitCode } from '../../cli/exit.ts';
import { type Io, jsonLine } from '../../cli/io.ts';
import { readEvents } from '../../stack/events/stored.ts';
import { linkOf, unsubscribeKeys } from '../../stack/unsubscribe.ts';
import type { Target } from '../../target/target.ts';
import { handOf } from '../../words/author.ts';
import { checkScope } from '../../words/reasons.ts';
import { post } from './post.ts';
import { waitUntil } from './wait.ts';

interface Given {
  readonly type?: string | undefined;
  readonly to?: string | undefined;
  readonly scope?: string | undefined;
  readonly wait?: boolean | undefined;
  readonly json?: boolean | undefined;
  readonly note?: string | undefined;
  readonly actor?: string | undefined;
}

const FORM_TYPE = 'application/x-www-form-urlencoded';

/** Does what a mail program does with the link of a mail, or, with `--type resubscribed`, what a person does on the page. */
export async function sendUnsubscribe(target: Target, given: Given, io: Io): Promise<ExitCode> {
  const { type = 'unsubscribed', scope = ALL, to = `sample-${randomBytes(8).toString('hex')}@example.com` } = given;
  if (type !== 'unsubscribed' && type !== 'resubscribed')
    throw new UsageError('send unsubscribe: --type is unsubscribed (default) or resubscribed.');
  checkScope(scope);
  const url = linkOf(target, await unsubscribeKeys(target), to, scope);
  const body = type === 'unsubscribed' ? ONE_CLICK.join('=') : `${FORM.wish}=resubscribe`;
  const since = performance.now();
  const on = [UNSUBSCRIBE_SOURCE, ...(given.to === undefined ? [] : [normaliseAddress(to) ?? to])];
  const intent = { what: 'send', hand: await handOf(given, target), on, how: `${type} ${scope}`, say: io.say } as const;
  const { status } = await audited(target, intent, async (act) => {
    const answer = await post(url, { method: 'POST', headers: { 'content-type': FORM_TYPE }, body });
    act.count(answer.status === 200 ? 'accepted' : 'refused');
    return answer;
  });
  const elapsed = () => Math.round(performance.now() - since);
  const accepted = status === 200;
  const recordedMs =
    given.wait && accepted
      ? await waitUntil(async () => {
          const events = await readEvents(target, to, 20);
          const found = events.some((event) => event.source === UNSUBSCRIBE_SOURCE && event.type === type);
          return found ? elapsed() : undefined;
        })
      : undefined;
  const seen = recordedMs === undefined ? {} : { recordedMs };
  if (given.json) io.print(jsonLine({ source: UNSUBSCRIBE_SOURCE, type, recipient: to, scope, status, ...seen }));
  else
    io.print(
      [`${status} ${type} ${to}`, `scope ${scope}`, recordedMs !== undefined && `recorded after ${recordedMs} ms`]
        .filter(Boolean)
        .join('  '),
    );
  return accepted && (!given.wait || recordedMs !== undefined) ? EXIT.yes : EXIT.no;
}
