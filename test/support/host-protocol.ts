/** What the runner (outside the editor) and the suites (inside) tell each other. */

/** For the suites, in the environment variable `TRUEWORK_HOST_RUN`. */
export interface HostRun {
  /** Where on 127.0.0.1 the runner listens for events, one JSON object a line. */
  readonly port: number;
  /** The bundled suites to run, relative to dist-test/. */
  readonly files: readonly string[];
  /** Only tests whose full title matches this pattern. */
  readonly grep?: string;
}

/** From the suites, as it happens. A title is the path of suite names down to the test's own. */
export type HostEvent =
  | { readonly kind: 'started'; readonly title: readonly string[] }
  | { readonly kind: 'passed'; readonly title: readonly string[]; readonly milliseconds: number }
  | { readonly kind: 'skipped'; readonly title: readonly string[] }
  | { readonly kind: 'failed'; readonly title: readonly string[]; readonly error: string }
  | { readonly kind: 'error'; readonly message: string }
  | { readonly kind: 'end' };
