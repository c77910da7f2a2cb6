import type { StackFile } from './home.ts';

export type Service = keyof StackFile['endpoints'];

export interface LocalOptions {
  /** Settings file; default: every provider under its own name. */
  readonly settings?: string | undefined;
  /** Secret map; default: throwaway secrets. */
  readonly secrets?: string | undefined;
  /** PEM that answers fetches of an SNS signing certificate; default: a throwaway one. */
  readonly snsCert?: string | undefined;
  /** Default 0: any free one. */
  readonly port?: number;
  /** Where the console listens. Default 0: any free one. */
  readonly consolePort?: number;
  /** Shrinks visibility timeouts, windows and schedules. Default 1. */
  readonly timeScale?: number;
  /** Keeps tables and queues; default: memory. */
  readonly dataDir?: string | undefined;
  /** Where `stack.json`, keys and logs go; default: a temporary folder that goes when the run stops. */
  readonly home?: string;
  /** Says nothing. */
  readonly quiet?: boolean;
  /** Gives up a start that is under way. */
  readonly signal?: AbortSignal;
  /** Puts something between the functions and an emulator, such as a proxy that fails. Gets its address, returns the one to use. */
  readonly wrapEndpoint?: (service: Service, url: string) => Promise<string>;
}

export interface LocalStack {
  readonly url: string;
  /** What stands in `stack.json` at this moment. */
  readonly stack: StackFile;
  stop(): Promise<void>;
}
