import { CannotKnow } from '../domain/cannot-know.ts';
import type { ApiRequest, EspApi } from '../providers/api.ts';

/** What goes wrong with an ESP's API, told without the key, the path (it holds addresses) and the ESP's own words (they quote both). */

/** It did not answer, or asks to wait too long. The same command may be run again. */
export class ApiFailed extends CannotKnow {
  constructor(title: string, { what }: ApiRequest, how: string) {
    super(`${title}, asked to ${what}, ${how}. Nothing is lost: run the same command again, it goes on from there.`);
  }
}

/** It understood and said no. */
export class EspRefused extends CannotKnow {
  readonly status: number;
  constructor(title: string, { what }: ApiRequest, status: number) {
    const hint =
      status < 400
        ? 'That is a redirect, and the key follows none: is --api-base right?'
        : status === 404
          ? 'Is it the right region (--api-base), and the right --domain?'
          : 'Its documentation says what that means.';
    super(`${title} answered ${status} when asked to ${what}. ${hint}`);
    this.status = status;
  }
}

/** Which key is needed, with which right. */
export class KeyRefused extends CannotKnow {
  constructor(title: string, api: EspApi, { what, use }: ApiRequest, status: number) {
    const known = status === 403 ? 'The key is known and may not do this.' : 'It does not know this key.';
    const bases = [api.base, ...(api.otherBases ?? [])];
    const region = bases.length > 1 ? ` A key works in its own region only: ${bases.join(', ')} (--api-base).` : '';
    const right = api.rights[use];
    super(
      `${title} refused the API key when asked to ${what} (${status}). ${known} Needed: ${api.key}${right ? `, with the right "${right}"` : ''}.${region}`,
    );
  }
}

/** Whoever asks has no more time: what was read until then stands. */
export class OutOfTime extends CannotKnow {
  /** @param how what the last attempt came to, where it failed */
  constructor(title: string, how?: string) {
    super(`There was no time left to ask ${title} further${how === undefined ? '' : `: it ${how}`}.`);
  }
}

/** Where it led is nowhere that a key, or we, should go. */
export class LedAstray extends CannotKnow {
  constructor(title: string) {
    super(
      `${title} named another place for what comes next. The key goes to one host only, so nothing was asked there.`,
    );
  }
}

/** More than anybody holds in memory: no page and no list is so large. */
export class TooLarge extends CannotKnow {
  constructor(title: string, most: number) {
    super(`${title} answered with more than ${Math.floor(most / 1024 / 1024)} MB at once: it was not read.`);
  }
}
