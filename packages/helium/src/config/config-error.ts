import { HeliumLmError } from "@helium-lm/tensor";
import { shown } from "../shown.ts";

export interface ConfigProblem {
  /** The file, or the class where the config was built by hand. */
  readonly file: string;
  /** The key as spelt in JSON; absent where the whole file is at fault. */
  readonly key?: string;
  readonly given: unknown;
  /** Completes "must be …" */
  readonly expected: string;
  readonly mend: string;
}

/** A config that cannot be read or describes no model that runs; the message names file and key. */
export class ConfigError extends HeliumLmError {
  readonly file: string;
  readonly key: string | undefined;

  constructor(problem: ConfigProblem, options?: ErrorOptions) {
    const { file, key, given, expected, mend } = problem;
    super(
      key === undefined ? file : `${file} ${key}`,
      `must be ${expected}, given ${shown(given)}; ${mend}`,
      { given, expected, mend },
      options,
    );
    this.file = file;
    this.key = key;
  }
}
