import { headersOf } from '../../../lambda/domain/unsubscribe/headers.ts';
import { defineCommand } from '../cli/command.ts';
import { EXIT } from '../cli/exit.ts';
import { jsonLine } from '../cli/io.ts';
import { linkOf, unsubscribeKeys } from '../stack/unsubscribe.ts';
import { resolveTarget } from '../target/resolve.ts';
import { TARGET_OPTIONS } from '../target/target.ts';
import { readAddresses } from '../words/addresses.ts';
import { checkScope } from '../words/reasons.ts';

export const command = defineCommand({
  args: ['address'],
  about: `
Prints the unsubscribe link of a person, as a mail to that person would have it. Whoever has it can take the person off that list and put
them on again: it is for that person only. Reads the stack's unsubscribe keys and changes nothing.
Exit codes: 0 printed, 2 usage, 3 cannot know (no such page, no key, or it cannot be read).`,
  options: {
    scope: { type: 'string', value: 'SCOPE', help: 'what the link is for (default: all)' },
    headers: { type: 'boolean', help: 'print the two header fields of a mail' },
    ...TARGET_OPTIONS,
  },
  changes: [],
  example: 'ops unsubscribe-link ada@example.com --scope shop:list:weekly --local',

  async run({ args, options: given, io }) {
    const { scope = 'all' } = given;
    checkScope(scope);
    const [address = ''] = await readAddresses('unsubscribe-link', args, io);
    const target = await resolveTarget(given, io);
    const url = linkOf(target, await unsubscribeKeys(target), address, scope);
    if (given.json) io.print(jsonLine({ address, scope, url, headers: headersOf(url) }));
    else if (given.headers) for (const [name, value] of Object.entries(headersOf(url))) io.print(`${name}: ${value}`);
    else io.print(url);
    return EXIT.yes;
  },
});
