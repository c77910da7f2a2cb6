import type { EpochMs } from '../../../../lambda/contract/units.ts';
import type { NormalisedEvent } from '../../../../lambda/domain/event/event.ts';
import { interpreter } from '../../../../lambda/domain/interpret.ts';
import { UsageError } from '../../cli/errors.ts';
import { type Io, readUserFile } from '../../cli/io.ts';
import { asRequest } from '../secrets/form.ts';
import { guessContentType } from '../verify/captured.ts';
import { type Sample, sampledTypes, sampleOf, type Workshop } from './sample.ts';

/**
 * A body that somebody brings along, signed as the ESP would sign it. It is shown, and waited for, by its first event that names somebody.
 * @throws UsageError where the ESP's proof has no place in it.
 */
export async function signOwnBody(shop: Workshop, file: string, at: EpochMs, io: Io): Promise<Sample> {
  const bytes = await readUserFile(io, '--body', file);
  const body = bytes.toString('utf8');
  if (!Buffer.from(body).equals(bytes)) throw new UsageError('send: --body is not UTF-8 text.');
  const { provider } = shop;
  // Any type will do: it is the body that says what happened.
  const [type] = sampledTypes(shop);
  const made = type && sampleOf(shop, { type, recipient: 'ada@example.com', at, body });
  if (!made)
    throw new UsageError(`send: ${provider.title} puts its proof into the body, and this one has no place for it.`);
  const request = { ...made, headers: { ...made.headers, ...(made.body === body && contentType(bytes)) } };
  const [event] = eventsOf(shop, request, at);
  return { type: event?.type ?? 'unknown', recipient: event?.recipient ?? file, request, ...(event && { event }) };
}

/** As the ESP would call it; no signature covers it. */
const contentType = (bytes: Buffer) => ({ 'content-type': guessContentType(bytes) });

function eventsOf(shop: Workshop, request: Sample['request'], at: EpochMs): NormalisedEvent[] {
  const { provider, source, options, dedupeGroup } = shop;
  try {
    const { events, meta } = provider.split(asRequest(request), options);
    const read = interpreter(source, { provider, options, dedupeGroup });
    return events.flatMap((raw) => {
      const meaning = read(raw, meta, { receivedAt: new Date(at).toISOString() });
      return 'poison' in meaning ? [] : meaning.events.filter((event) => event.recipient !== undefined);
    });
  } catch {
    // The receiver says what is wrong with it: that is what somebody wants to see.
    return [];
  }
}
