import { readMessage } from '../../../lambda/domain/message.ts';
import { snsCertificate } from '../surroundings/sns-certificate.ts';
import { bundleOf } from './bundle.ts';
import type { History } from './histories.ts';
import { DECIDES_WITHIN, invoke, LIMITS } from './invoke.ts';
import { CONFIG, eventOf, SECRETS, SNS_KEY } from './posts.ts';
import type { Subject } from './subject.ts';
import type { Run } from './world.ts';

/** What each function is told of AWS. */
export const AWS = (url: string) => ({
  AWS_ENDPOINT_URL: url,
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  METRICS_NAMESPACE: 'Quell',
});

/** What is fetched of the web goes through the same faults. */
export const fetchVia =
  (url: string): typeof fetch =>
  (input, init) => {
    const { pathname, search } = new URL(String(input));
    const { redirect: _redirect, ...others } = init ?? {};
    return fetch(`${url}${pathname}${search}`, others);
  };

export const store = ({ services }: Run): void => {
  for (const [arn, map] of Object.entries(SECRETS))
    services.secrets.set(arn, [{ id: 'v1', value: JSON.stringify(map) }]);
};

const MOST_POSTS = 8;
let certified: ReturnType<typeof snsCertificate> | undefined;

/** An ESP posts, and posts again until it is answered 200. */
export async function receiveSubject(histories: readonly History[], at: number): Promise<Subject> {
  const start = await bundleOf('receive', CONFIG);
  certified ??= snsCertificate({ signingKey: SNS_KEY });
  const { certificate } = await certified;
  const posted = histories
    .map(({ name, rounds }) => ({ name, posts: rounds.flatMap(({ posts = [] }) => posts) }))
    .filter(({ posts }) => posts.length > 0);
  return {
    name: 'receive',
    histories: posted.map(({ name }) => name),
    // Where a publisher keeps its certificates, there is none at an address that somebody made up.
    saysForged: (operation, fault) => operation === 'GET' && fault === 'denied',
    async run(run, history, complaints) {
      store(run);
      run.web = async () => ({ status: 200, type: 'application/x-pem-file', body: certificate });
      const container = start({
        variables: {
          ...AWS(run.url),
          DELIVERY_QUEUE_URL: `${run.url}/000000000000/delivery`,
          SECRET_ARN: 'webhooks',
          OWN_KEYS_ARN: 'own',
          UNSUBSCRIBE_KEYS_ARN: 'page',
          PUBLIC_URL: 'https://hooks.example.com',
          TOPIC_ARNS: '{}',
        },
        fetch: fetchVia(run.url),
      });
      let again = false;
      for (const post of posted[history]?.posts ?? []) {
        const statuses: number[] = [];
        while (statuses.length < MOST_POSTS && statuses.at(-1) !== 200) {
          const answer = await invoke(container, eventOf(post, at), LIMITS.receive, run, complaints, DECIDES_WITHIN);
          statuses.push((answer as { statusCode?: number } | undefined)?.statusCode ?? 0);
        }
        again ||= statuses.length > 1;
        if (statuses.at(-1) !== 200) complaints.push(`never taken: ${statuses}`);
        const wrong = statuses.filter((status) => status !== 200 && status !== 503);
        if (wrong.length > 0) complaints.push(`a genuine request answered ${wrong}`);
      }
      const messages = run.services.queue('delivery').map(({ body }) => readMessage(body));
      const events = messages.flatMap(({ source, events: raws }) => raws.map((raw) => `${source} ${raw}`));
      return { once: {}, atLeastOnce: { queued: events }, again };
    },
  };
}
