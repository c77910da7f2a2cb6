import { type Desk, header, startDesk } from '../desk.ts';
import { hookForEach } from '../rest-hooks.ts';

/** Its lists and webhooks. */
export const openDesk = (): Promise<Desk> =>
  startDesk(
    { provider: 'mailjet', domain: '', key: 'mj:key', names: { bounce: '', complaint: '' } },
    header('authorization', `Basic ${btoa('mj:key')}`),
    [hookForEach],
  );
