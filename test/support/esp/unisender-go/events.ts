import { fakeApi, type Said } from '../server.ts';
import { type FakeEsp, type Happening, isShown } from '../story.ts';

const STATUSES = { delivered: 'delivered', bounced: 'hard_bounced', complained: 'spam', opened: 'opened' } as const;
const COLUMNS =
  'project_id,event_time,job_id,from_email,email,status,delivery_status,metadata,destination_response,user_agent,url,ip,tags';
const time = (at: number): string => new Date(at).toISOString().slice(0, 19).replace('T', ' ');
const facts = ({ id, at, type, recipient }: Happening) => ({
  job_id: `1a-${id}`,
  email: recipient,
  status: STATUSES[type],
  event_time: time(at),
});
const row = (one: Happening): string => {
  const { job_id, email, status, event_time } = facts(one);
  const bounce =
    one.type === 'bounced'
      ? ['err_user_unknown', '"{""order"":""7""}"', '"550 5.1.1\nno ""such"" user"']
      : ['', '', ''];
  return ['1', event_time, job_id, 'shop@example.com', email, status, ...bounce, '', '', '', ''].join(',');
};

/** Unisender Go's dumps: ordered, made after a while, at most ten at a time, files of two rows in no order, the files without a key. */
export async function fakeUnisender(): Promise<FakeEsp> {
  const dumps = new Map<string, { readonly from: string; readonly to: string; looks: number; rows?: string[] }>();
  let made = 0;
  const api = await fakeApi((asked): Said => {
    const file = /^\/files\/([^/]+)\/(\d+)$/.exec(asked.path);
    if (file) {
      // The file's host learns no key.
      if (asked.headers['x-api-key'] !== undefined) return { status: 400, text: 'no key here' };
      const rows = dumps.get(file[1] ?? '')?.rows ?? [];
      return { text: `${[COLUMNS, ...rows.slice(Number(file[2]), Number(file[2]) + 2)].join('\n')}\n` };
    }
    const key = asked.headers['x-api-key'];
    if (key !== fake.key)
      return { status: key === fake.poorKey ? 403 : 401, json: { status: 'error', code: 102, message: 'no' } };
    const body = JSON.parse(asked.body || '{}') as Record<string, string>;
    const dump = dumps.get(body.dump_id ?? '');
    switch (asked.path) {
      case '/event-dump/create.json': {
        if (dumps.size >= 10) return { status: 400, json: { status: 'error', code: 3301 } };
        const id = `dump-${made++}`;
        dumps.set(id, { from: body.start_time ?? '', to: body.end_time ?? '', looks: 0 });
        return { json: { status: 'success', dump_id: id } };
      }
      case '/event-dump/get.json': {
        if (!dump) return { status: 404, json: { status: 'error' } };
        if (dump.looks++ === 0) return { json: { status: 'success', event_dump: { dump_status: 'queued' } } };
        dump.rows ??= fake.story
          .filter((one) => isShown(fake, one) && time(one.at) >= dump.from && time(one.at) < dump.to)
          .sort((a, b) => (a.id % 5) - (b.id % 5))
          .map(row);
        fake.turned();
        const files = dump.rows.flatMap((_row, at) =>
          at % 2 === 0 ? [{ url: `${fake.api.url}/files/${body.dump_id}/${at}`, size: 1 }] : [],
        );
        return { json: { status: 'success', event_dump: { dump_status: 'ready', files } } };
      }
      case '/event-dump/delete.json':
        dumps.delete(body.dump_id ?? '');
        return { json: { status: 'success' } };
      default:
        return { status: 404, json: { status: 'error' } };
    }
  });
  const fake = {
    provider: 'unisender-go',
    api,
    key: 'a-key-that-unisender-knows',
    poorKey: 'a-key-of-another-project',
    domain: '',
    story: [] as Happening[],
    now: () => Date.now(),
    turned: () => {},
    webhook: (one: Happening) => JSON.stringify({ event_name: 'transactional_email_status', event_data: facts(one) }),
  };
  return fake;
}
