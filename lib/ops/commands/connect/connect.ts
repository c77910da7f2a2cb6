import type { Hook, WebhooksApi } from '../../../../lambda/providers/api.ts';
import { CannotKnow } from '../../cli/errors.ts';
import type { Io } from '../../cli/io.ts';
import type { Session } from '../../esp/session.ts';
import { changeSecretMap, liveValues, readSecretMap } from '../../stack/secret-map.ts';
import type { Target } from '../../target/target.ts';
import { optionsOf, providerOf } from '../../words/provider.ts';
import { checkSecretForm } from '../secrets/form.ts';
import { remember } from './memory.ts';
import { proveOurselves } from './prove.ts';

interface Connected {
  /** False where the webhook was there. */
  readonly made: boolean;
  readonly hook: Hook;
}

/** Webhooks that post to a source's URL; a secret in the query is no part of it. */
export const hooksOf = async ({ name, context }: Session, webhooks: WebhooksApi): Promise<readonly Hook[]> =>
  (await webhooks.list(context)).filter(({ url }) => bare(url) === bare(name.url));

/** Without what some ESPs carry in it: a user, a password, a query. */
function bare(url: string): string {
  if (!URL.canParse(url)) return url;
  const { origin, pathname } = new URL(url);
  return origin + pathname.replace(/\/$/, '');
}

/** Makes or mends the webhook and stores its secret. In an order that can be cut off anywhere and begun again. */
export async function connect(target: Target, session: Session, webhooks: WebhooksApi, io: Io): Promise<Connected> {
  const { context, name, title } = session;
  // Ours is stored first: some ESPs call the receiver while the webhook is made.
  const secret = webhooks.secret === 'chosen' ? await chosenSecret(target, session, io) : '';
  const wish = { url: name.url, secret };
  const there = await hooksOf(session, webhooks);
  if (webhooks.probes && (await proveOurselves(target, session, io)) !== 'ours')
    throw new CannotKnow(
      `${title} calls the receiver while the webhook is made, and it does not take our own sample yet: ops doctor.`,
    );
  const given: (string | undefined)[] = [];
  if (there.length === 0) given.push(await webhooks.create(context, wish));
  for (const hook of there) given.push(await webhooks.update(context, hook, wish));
  const [hook] = there.length > 0 ? there : await hooksOf(session, webhooks);
  if (!hook)
    throw new CannotKnow(`${title} took the webhook and does not list it. Look in its settings, then run this again.`);
  if (webhooks.secret === 'given') {
    const value = given.find((one) => one !== undefined);
    // It may tell it once only, when the webhook is made.
    if (value === undefined && (await live(target, session.source)).length === 0)
      throw new CannotKnow(
        `${title} tells the secret of a webhook when it is made, and not again. Store it (secrets set ${session.source}), or make the webhook anew: connect --remove, then connect.`,
      );
    if (value !== undefined) await store(target, session, value, io);
  }
  if (webhooks.secret === 'apart' && (await live(target, session.source)).length === 0)
    io.say(
      `${title} shows the secret in its own pages only. Until it is stored, every request is refused: ops secrets set ${session.source}`,
    );
  return { made: there.length === 0, hook };
}

const live = async (target: Target, source: string): Promise<readonly string[]> =>
  liveValues(await readSecretMap(target), source);

/** The newest live value, or a new one. */
async function chosenSecret(target: Target, session: Session, io: Io): Promise<string> {
  const [newest] = await live(target, session.source);
  if (newest !== undefined) return newest;
  const { secret } = providerOf(session.name.provider).generateKey();
  if (secret === undefined) throw new CannotKnow(`${session.title} takes no secret of ours.`);
  await store(target, session, secret, io);
  return secret;
}

/** Beside those that are live: what the ESP has signed and not yet delivered still counts. */
async function store(target: Target, session: Session, value: string, io: Io): Promise<void> {
  const { source, name } = session;
  if ((await live(target, source)).includes(value)) return;
  const provider = providerOf(name.provider);
  await checkSecretForm(provider, value, optionsOf(provider, name.options));
  remember(io.root, target, source, value);
  await changeSecretMap(target, (map) => {
    const values = [value, ...liveValues(map, source).filter((old) => old !== value)];
    return new Map(map).set(source, values.length === 1 ? value : values);
  });
}
