import { fakeLettermint } from './lettermint.ts';
import { fakeMailgun } from './mailgun.ts';
import { fakePostmark } from './postmark.ts';
import { fakeScaleway } from './scaleway.ts';
import { fakeSendgrid } from './sendgrid.ts';
import { fakeSparkpost } from './sparkpost.ts';
import type { FakeEsp } from './story.ts';
import { fakeUnisender } from './unisender-go.ts';

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
