import { type Explanation, explainReply } from '../../../lambda/domain/failure/index.ts';
import { NOTES } from '../../../lambda/domain/failure/notes/index.ts';
import { defineCommand } from '../cli/command.ts';
import { UsageError } from '../cli/errors.ts';
import { EXIT } from '../cli/exit.ts';
import { jsonLine } from '../cli/io.ts';

export const command = defineCommand({
  args: ['reply...?'],
  about: `
Says how a receiver's reply to a failed mail is read, and which rule decided: the reply as argument, or from standard input. Needs no
AWS and no settings. What an ESP itself calls the failure is weighed against this (docs/replies.md).
Exit codes: 0 the reply says what is wrong, 1 it does not (undetermined), 2 usage.`,
  options: {
    code: { type: 'string', value: 'NNN', help: 'the basic code, where the ESP gives it apart: 550' },
    status: { type: 'string', value: 'N.N.N', help: 'the enhanced status, where the ESP gives it apart: 5.1.1' },
  },
  changes: [],
  example: 'ops explain "550 5.1.1 <ada@example.com>: User unknown"',

  async run({ args, options: given, io }) {
    const numbers = { code: codeOf(given.code), status: statusOf(given.status) };
    const onlyNumbers = given.code !== undefined || given.status !== undefined;
    const text =
      args.length > 0 || onlyNumbers ? args.join(' ') : (await io.readInput('a reply')).toString('utf8').trim();
    if (text === '' && !onlyNumbers) throw new UsageError('explain: there is no reply, and no --code or --status.');
    const said = explainReply({ ...numbers, text });
    const source = NOTES.get(said.rule)?.source;
    if (given.json) io.print(jsonLine({ ...said, ...(source && { source }) }));
    else for (const line of describe(said, source)) io.print(line);
    return said.bounceClass === 'undetermined' ? EXIT.no : EXIT.yes;
  },
});

function describe(said: Explanation, source: string | undefined): readonly string[] {
  const { bounceClass, bounceCause, smtpCode, smtpStatus, rule, words } = said;
  const numbers = [smtpCode, smtpStatus].filter((number) => number !== undefined).join(' ');
  return [
    `${bounceClass}${bounceCause ? `, ${bounceCause}` : ''}`,
    `  decided by  ${WITHOUT_WORDS.get(rule) ?? rule}`,
    ...(source ? [`  source      ${source}`] : []),
    ...(numbers ? [`  numbers     ${numbers}`] : []),
    ...(words ? [`  words read  ${words}`] : []),
  ];
}

const WITHOUT_WORDS: ReadonlyMap<string, string> = new Map([
  ['4xx', 'the server said "4": it may take the mail another time'],
  ['nothing', 'nothing: neither the words nor the numbers say what is wrong'],
]);

function codeOf(given: string | undefined): number | undefined {
  if (given !== undefined && !/^[2-5]\d\d$/.test(given))
    throw new UsageError('explain: --code is a number such as 550.');
  return given === undefined ? undefined : Number(given);
}

function statusOf(given: string | undefined): string | undefined {
  if (given !== undefined && !/^[245]\.\d{1,3}\.\d{1,3}$/.test(given))
    throw new UsageError('explain: --status is three numbers such as 5.1.1.');
  return given;
}
