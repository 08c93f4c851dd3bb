import { readFileSync } from "node:fs";
import type { PythonValue } from "../../src/python/repr.ts";

type Keys = readonly string[];
type ByName<T> = Readonly<Record<string, T>>;

/** What scripts/reference/eval/make_output_cases.py pins of lm-evaluation-harness's files. */
export interface ExpectedFiles {
  readonly files: readonly string[];
  readonly top: Keys;
  readonly config: Keys;
  readonly rows: ByName<Keys>;
  readonly groups: ByName<Keys>;
  readonly groupSubtasks: ByName<Keys>;
  readonly versionsOfRows: ByName<number | string>;
  readonly shots: ByName<number>;
  readonly higherIsBetter: ByName<ByName<boolean>>;
  readonly counts: ByName<{ readonly original: number; readonly effective: number }>;
  readonly taskHashes: ByName<string>;
  readonly configs: ByName<Keys>;
  readonly tokens: ByName<unknown>;
  readonly groupRow: ByName<unknown>;
  readonly figures: ByName<ByName<number | string>>;
  readonly lines: ByName<readonly string[]>;
  readonly names: ByName<string>;
  readonly targets: readonly (readonly [PythonValue, string])[];
}

export const expectedFiles = JSON.parse(
  readFileSync(new URL("../../fixtures/expected/output-files.json", import.meta.url), "utf8"),
) as ExpectedFiles;
