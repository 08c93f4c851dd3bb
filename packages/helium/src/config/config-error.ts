import { HeliumLmError } from "@helium-lm/tensor";

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

/** At most 80 characters of any value, so that a message stays one line. */
function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 78 ? `${value.slice(0, 75)}…` : value);
  if (Array.isArray(value)) return value.length > 8 ? `a list of ${value.length}` : `[${value.map(brief).join(", ")}]`;
  return brief(value);
}

function brief(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint") return String(value);
  if (typeof value === "string") return JSON.stringify(value.slice(0, 24));
  return Array.isArray(value) ? "a list" : typeof value === "object" ? "an object" : `a ${typeof value}`;
}
