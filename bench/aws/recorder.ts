import { listen } from '../../lib/local/emulators/loopback.ts';
import { startSubject } from '../run/subject.ts';

/** A request as its SDK client was given it. */
export interface Recorded {
  readonly operation: string;
  readonly input: object;
}

/** What a warm function asks of AWS for each of these batches. */
export async function requestsOf(
  folder: string,
  batches: readonly object[],
  aws: string,
): Promise<{ readonly requests: readonly Recorded[] }[]> {
  let requests: Recorded[] = [];
  const between = await listen(async (request, response) => {
    const body = Buffer.concat((await request.toArray()) as Buffer[]).toString();
    const target = String(request.headers['x-amz-target']);
    requests.push({ operation: target.split('.').at(-1) ?? '', input: JSON.parse(body) });
    const answer = await fetch(aws, { method: 'POST', headers: { 'x-amz-target': target }, body });
    response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' }).end(await answer.text());
  });
  const subject = startSubject(folder, batches, between.url);
  // What is read once and then known is not asked of every batch.
  await subject.run(batches.length);
  const found: { requests: Recorded[] }[] = [];
  for (const _batch of batches) {
    requests = [];
    await subject.run(1);
    found.push({ requests });
  }
  subject.stop();
  await between.close();
  return found;
}
