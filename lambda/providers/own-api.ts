import type { EspApi } from './api.ts';

/** What of AWS the comparison has to be allowed, of every resource, and why of every one. */
export interface SignedRights {
  readonly actions: readonly string[];
  readonly why: string;
}

/** What is known of an ESP's own API before it is loaded: settings are checked, and rights are given, without it. */
export interface OwnApi {
  /** What can be compared with what its webhook brought: past events as they were posted, else its list, else neither. */
  readonly tells: 'events' | 'list' | 'neither';
  /** It keeps its data by domain: a source says which. */
  readonly byDomain?: true;
  /** Requests are signed as the function itself, in place of a key. */
  readonly signed?: SignedRights;
  /** `api.ts` in its folder. None of it belongs into the functions that receive and process. */
  load(): Promise<EspApi>;
}
