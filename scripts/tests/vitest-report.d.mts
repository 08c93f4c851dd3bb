export interface TestFailure {
  readonly file: string;
  /** Its full name; absent where the file failed without a failed test in it, as one that does not load. */
  readonly test?: string;
  /** What the test said. */
  readonly message?: string;
}
/** What the report in a file says; one that is not there, as after a crash, holds no tests. */
export function readReport(path: string): { readonly passed: number; readonly failures: readonly TestFailure[] };
