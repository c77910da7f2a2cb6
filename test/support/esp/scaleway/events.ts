import { fakeApi, type Said } from '../server.ts';
import { type FakeEsp, type Happening, isShown, oldestFirst } from '../story.ts';

const ROOT = '/transactional-email/v1alpha1/regions/fr-par';
const WORDS = { delivered: 'email_delivered', bounced: 'email_mailbox_not_found' } as const;
const body = ({ id, at, type, recipient }: Happening): string =>
  JSON.stringify({
    id: `event-${id}`,
    type: WORDS[type as keyof typeof WORDS],
    created_at: new Date(at).toISOString(),
    email_id: `email-${id}`,
    email_to: recipient,
    ...(type === 'bounced' && { email_response_code: 550, email_response_message: '550 5.1.1 User unknown' }),
  });

/** Scaleway's events of a webhook: by page number, newest first, so that rows move from page to page; no filter by time; the body is a text. */
export async function fakeScaleway(pageSize = 3): Promise<FakeEsp> {
  const api = await fakeApi((asked): Said => {
    const key = asked.headers['x-auth-token'];
    if (key !== fake.key)
      return { status: key === fake.poorKey ? 403 : 401, json: { type: 'denied_authentication', message: 'no' } };
    if (asked.path === `${ROOT}/webhooks`)
      return {
        json: { total_count: 1, webhooks: asked.query.get('domain_id') === fake.domain ? [{ id: 'w-1' }] : [] },
      };
    if (asked.path !== `${ROOT}/webhooks/w-1/events`) return { status: 404, json: { type: 'not_found' } };
    const all = fake.story.filter((one) => isShown(fake, one)).sort((a, b) => -oldestFirst(a, b));
    const at = (Number(asked.query.get('page')) - 1) * pageSize;
    const page = all.slice(at, at + pageSize);
    fake.turned();
    return {
      json: {
        total_count: all.length,
        webhook_events: page.map((one) => ({
          id: `w-event-${one.id}`,
          webhook_id: 'w-1',
          status: one.id % 2 === 0 ? 'sent' : 'failed',
          data: body(one),
          // It is sent a moment after it happened.
          created_at: new Date(one.at + 1500).toISOString(),
        })),
      },
    };
  });
  const fake = {
    provider: 'scaleway',
    api,
    key: '00000000-0000-4000-8000-known-to-scaleway',
    poorKey: '00000000-0000-4000-8000-without-a-right',
    domain: 'd-1',
    story: [] as Happening[],
    now: () => Date.now(),
    turned: () => {},
    webhook: body,
  };
  return fake;
}
