import { setTimeout as pause } from 'node:timers/promises';
import type { Hook, WebhooksApi } from '../../../../lambda/providers/api.ts';
import { isShared } from '../../../../lambda/providers/proof.ts';
import type { Io } from '../../cli/io.ts';
import type { Session } from '../../esp/session.ts';
import { readEvents } from '../../stack/events/stored.ts';
import type { Target } from '../../target/target.ts';
import { optionsOf, providerOf } from '../../words/provider.ts';
import { post } from '../send/post.ts';
import { makeSample } from '../send/sample.ts';
import { signingKeyOf } from '../send/signing-key.ts';
import { waitFor } from '../send/wait.ts';

/** `esp`: the ESP's own test is in the table. `ours`: a sample signed with the stored secret is. */
export type Proved = 'esp' | 'ours' | 'not-seen' | 'no-test' | 'not-asked';

const TESTS = 4;
const TEST_EVERY_MS = 15_000;
const INTERVAL_MS = 250;
const NEWEST = 50;
/** A receiver keeps a secret, and looks for a new one this long after a failed check. */
const SECRET_MS = 35_000;

/** Sends a test and waits until it is recorded. */
export async function prove(
  target: Target,
  session: Session,
  webhooks: WebhooksApi,
  hook: Hook,
  io: Io,
): Promise<Proved> {
  const { title, context } = session;
  if (webhooks.test) {
    const seen = await espTest(target, session, () => webhooks.test?.(context, hook));
    if (seen !== 'no-event') {
      io.say(seen ? `The test of ${title} is in the table.` : `The test of ${title} was not seen: ops doctor.`);
      return seen ? 'esp' : 'not-seen';
    }
    io.say(`${title} has tested the URL: it answers.`);
  }
  const provider = providerOf(session.name.provider);
  if (!isShared(provider)) {
    io.say(
      `Only ${title} can sign a test. To see one arrive, ${provider.ownTest ?? 'use the test of its webhook settings'}.`,
    );
    return 'no-test';
  }
  return proveOurselves(target, session, io);
}

/** Asks for the test until it is seen: the first may meet a receiver that does not know the new secret yet, and no ESP repeats a test. */
async function espTest(
  target: Target,
  { source }: Session,
  ask: () => Promise<string | undefined> | undefined,
): Promise<boolean | 'no-event'> {
  const since = new Date().toISOString();
  for (let asked = 0; asked < TESTS; asked++) {
    const recipient = await ask();
    if (recipient === undefined) return 'no-event';
    for (const end = Date.now() + TEST_EVERY_MS; Date.now() < end; await pause(INTERVAL_MS)) {
      const events = await readEvents(target, recipient, NEWEST);
      if (events.some((event) => event.source === source && event.receivedAt >= since)) return true;
    }
  }
  return false;
}

/** A sample that we sign goes through the public URL until the receiver takes it: it keeps a secret for a while. */
export function proveOurselves(target: Target, { source, name }: Session, io: Io): Promise<Proved> {
  const provider = providerOf(name.provider);
  const options = optionsOf(provider, name.options);
  const shop = { provider, source, options, dedupeGroup: name.dedupeGroup, webhookUrl: name.url };
  return ownSample(target, shop, io);
}

/** What we can sign ourselves goes through the public URL with the very secret that was stored. */
async function ownSample(
  target: Target,
  shop: Omit<Parameters<typeof makeSample>[0], 'signingKey'>,
  io: Io,
): Promise<Proved> {
  const signingKey = await signingKeyOf(target, shop.source, shop.provider);
  const sample =
    makeSample({ ...shop, signingKey }, 'delivered', Date.now()) ??
    makeSample({ ...shop, signingKey }, 'bounced', Date.now());
  if (!sample?.event) return 'no-test';
  const since = performance.now();
  for (const end = Date.now() + SECRET_MS; ; await pause(1_000)) {
    const { status } = await post(shop.webhookUrl, sample.request);
    if (status >= 200 && status < 300) break;
    if (Date.now() > end) {
      io.say(`A sample signed with the stored secret is answered ${status}: ops verify, ops doctor.`);
      return 'not-seen';
    }
  }
  const { recordedMs } = await waitFor(target, sample.event, since);
  io.say(
    recordedMs === undefined
      ? 'A sample was accepted and not recorded within a minute: ops doctor.'
      : 'A sample signed with the stored secret is in the table.',
  );
  return recordedMs === undefined ? 'not-seen' : 'ours';
}
