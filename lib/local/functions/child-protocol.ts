/** What the runner and a function's process say to each other. */

/** The first message to the process; every later message is an invocation. */
export interface ChildSetup {
  readonly folder: string;
  /** `index.handler`: file and export. */
  readonly handler: string;
  readonly functionName: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  /** Most execution environments, as Lambda calls them, at a time. */
  readonly environments: number;
  /** Answers fetches of a signing certificate. */
  readonly certificate?: CertificateAnswer;
}

export interface CertificateAnswer {
  readonly pem: string;
  /** Hosts that providers fetch certificates from, as sources of regular expressions. */
  readonly hosts: readonly string[];
}

export interface Invocation {
  readonly id: string;
  readonly event: unknown;
}

export type Outcome = { readonly result: unknown; readonly failure?: undefined } | { readonly failure: Failure };

export interface Failure {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: string;
}

export type Answer = Outcome & { readonly id: string; readonly durationMs: number };
