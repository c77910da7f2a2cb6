import type { Address } from '../../../lambda/contract/units.ts';
import { isAltered, normaliseAddress } from '../../../lambda/domain/address.ts';
import { UsageError } from '../cli/errors.ts';
import type { Io } from '../cli/io.ts';

/** Addresses named on the command line, else one per line of standard input; each once, in normal form. */
export async function readAddresses(command: string, args: readonly string[], io: Io): Promise<Address[]> {
  const fromArgs = args.length > 0;
  const texts = fromArgs ? args : (await io.readInput('addresses, one per line')).toString('utf8').split(/\r?\n/);
  const wrong: number[] = [];
  const addresses = texts.flatMap((text, at) => {
    if (text.trim() === '' && !fromArgs) return [];
    const address = normaliseAddress(text);
    // An invisible or look-alike character would name somebody else.
    const read = address !== undefined && !isAltered(text, address) ? address : undefined;
    if (read === undefined) wrong.push(at + 1);
    return read ?? [];
  });
  if (wrong.length > 0) {
    const where = fromArgs ? 'argument' : 'line';
    throw new UsageError(
      `${command}: not an e-mail address as it is written: ${where} ${few(wrong)}. Nothing was done.`,
    );
  }
  if (addresses.length === 0) throw new UsageError(`${command}: which address?`);
  return [...new Set(addresses)];
}

const few = (numbers: readonly number[]): string =>
  numbers.slice(0, 10).join(', ') + (numbers.length > 10 ? ` and ${numbers.length - 10} more` : '');
