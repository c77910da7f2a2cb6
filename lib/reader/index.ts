import { FOREVER as FOR_EVER } from '../../lambda/contract/tables.ts';
import type { EpochMs } from '../../lambda/contract/units.ts';
import { normaliseAddress as normalise } from '../../lambda/domain/address.ts';
import { type Found, lookUp, lookUpAll } from './lookup.ts';
import { judge } from './rule.ts';
import type { Answer, Question, Reader, ReaderOptions } from './types.ts';

export type * from './types.ts';
export { unsubscribeHeaders, unsubscribeUrl } from './unsubscribe.ts';

/**
 * "For ever" in epoch seconds: the end of year 9999.
 * @example if (answer.status === 'suppressed' && answer.until === FOREVER) console.log('for ever');
 */
export const FOREVER: number = FOR_EVER;

/**
 * The form in which addresses are keys of the table; undefined where the text is not an address. Never throws.
 * @example normaliseAddress('Ada <Ada@Example.COM>'); // 'ada@example.com'
 */
export const normaliseAddress = (email: string): string | undefined =>
  typeof email === 'string' ? normalise(email) : undefined;

/**
 * Asks the suppression list before a mail is sent. The rule, and what to do with each answer: `suppression-table.md`. Make one and keep it.
 * @throws TypeError without options. A wrong one (another table, another Region, no rights) shows in the answers: `lookup-failed`.
 * @example
 * import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
 * const reader = createReader({ client: new DynamoDBClient({}), table: 'quell-prod-suppression' });
 * const { status } = await reader.check('ada@example.com', { transactional: true });
 */
export function createReader(options: ReaderOptions): Reader {
  const { client, table, now = Date.now, consistent = false, timeout = 3_000 } = options;
  const source = { client, table, consistent, timeout };
  return {
    async check(email, question = {}) {
      const address = normaliseAddress(email);
      if (address === undefined) return { status: 'unknown', email, why: 'not-an-address' };
      return answer(email, address, await lookUp(source, address), question, now());
    },
    async checkMany(emails, question = {}) {
      const asked = Array.from(emails, (email) => ({ email, address: normaliseAddress(email) }));
      const addresses = new Set(asked.flatMap(({ address }) => address ?? []));
      const found = await lookUpAll(source, [...addresses]);
      const at = now();
      return asked.map(({ email, address }) =>
        address === undefined
          ? { status: 'unknown', email, why: 'not-an-address' }
          : answer(email, address, found.get(address) ?? { error: 'Error' }, question, at),
      );
    },
  };
}

/** @param now epoch milliseconds */
function answer(email: string, address: string, found: Found, question: Question, now: EpochMs): Answer {
  if ('error' in found) return { status: 'unknown', email, address, why: 'lookup-failed', error: found.error };
  const seconds = now / 1000;
  const verdict = found.item ? judge(found.item, question, seconds) : { until: 0 };
  return verdict.until > seconds
    ? { status: 'suppressed', email, address, ...verdict }
    : { status: 'clear', email, address };
}
