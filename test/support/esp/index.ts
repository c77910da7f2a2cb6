import { fakeLettermint } from './lettermint/events.ts';
import { fakeMailgun } from './mailgun/events.ts';
import { fakePostmark } from './postmark/events.ts';
import { fakeScaleway } from './scaleway/events.ts';
import { fakeSendgrid } from './sendgrid/events.ts';
import { fakeSparkpost } from './sparkpost/events.ts';
import type { FakeEsp } from './story.ts';
import { fakeUnisender } from './unisender-go/events.ts';

/** A fake of every ESP whose past events can be read, by provider id. */
export const FAKE_ESPS: ReadonlyMap<string, () => Promise<FakeEsp>> = new Map<string, () => Promise<FakeEsp>>([
  ['sparkpost', fakeSparkpost],
  ['mailgun', fakeMailgun],
  ['sendgrid', fakeSendgrid],
  ['postmark', fakePostmark],
  ['lettermint', fakeLettermint],
  ['scaleway', fakeScaleway],
  ['unisender-go', fakeUnisender],
]);
