import { RefusedRequest } from '../../../lambda/domain/errors.ts';
import { interpreter } from '../../../lambda/domain/interpret.ts';
import type { Payload } from '../../../lambda/providers/provider.ts';
import { defineCommand } from '../cli/command.ts';
import { EXIT } from '../cli/exit.ts';
import { jsonLine, readUserFile } from '../cli/io.ts';
import { optionsOf, parseOptions, providerOf } from '../words/provider.ts';
import { parseAt } from '../words/time.ts';
import { guessContentType, parseHeaders } from './verify/captured.ts';

export const command = defineCommand({
  args: ['provider'],
  about: `
Reads a body that the provider could post from standard input, signed or not, and prints one normalised event per line, always as
JSON. Needs no AWS and no settings: the source is named after the provider, the time of arrival is now.
Exit codes: 0 every event was normalised, 1 the body or one of its events could not be (the others are still printed), 2 usage.`,
  options: {
    'content-type': { type: 'string', value: 'TYPE', help: 'what the body was posted as (default: guessed from it)' },
    headers: { type: 'string', value: 'FILE', help: 'the headers it came with; some ESPs put the delivery id there' },
    options: { type: 'string', value: 'JSON', help: "the source's own settings, as in the settings file" },
    at: { type: 'string', value: 'ISO', help: 'time of arrival (default: now)' },
  },
  changes: [],
  example: `ops normalize sendgrid < body.json`,

  async run({ args, options: given, io }) {
    const provider = providerOf(args[0] as string);
    const options = given.options === undefined ? optionsOf(provider) : parseOptions(provider, given.options);
    const headers = given.headers === undefined ? {} : parseHeaders(await readUserFile(io, '--headers', given.headers));
    const receivedAt = new Date(parseAt(given.at)).toISOString();
    const body = await io.readInput('a body');
    const contentType = given['content-type'] ?? headers['content-type'] ?? guessContentType(body);

    let payload: Payload;
    try {
      const request = { method: 'POST', body, headers: { ...headers, 'content-type': contentType }, query: '' };
      payload = provider.split(request, options);
    } catch (error) {
      if (!(error instanceof RefusedRequest)) throw error;
      io.say(`Not readable as a ${provider.title} body: ${error.message}`);
      return EXIT.no;
    }

    const read = interpreter(provider.id, { provider, options });
    let [printed, failed] = [0, 0];
    for (const [index, raw] of payload.events.entries()) {
      const meaning = read(raw, payload.meta, { receivedAt });
      if ('poison' in meaning) {
        io.say(`Event ${index + 1} of ${payload.events.length}: ${meaning.poison}`);
        failed++;
        continue;
      }
      for (const event of meaning.events) io.print(jsonLine(event));
      printed += meaning.events.length;
    }
    if (printed + failed === 0) io.say('The body holds no event, only a message to the endpoint itself.');
    return failed > 0 ? EXIT.no : EXIT.yes;
  },
});
