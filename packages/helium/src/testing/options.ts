import type { Backend } from "@helium-lm/tensor";
import type { JsonValue } from "../config/index.ts";
import type { loadModel } from "../loading/load-model.ts";
import type { CheckName } from "./family-checks/index.ts";

/** A check that a family is known not to pass. One that would pass after all fails the run. */
export interface FamilySkip {
  readonly check: CheckName;
  readonly reason: string;
}

export interface FamilyOptions {
  /** Backend to run on, by name or made by a function; default "cpu". */
  readonly backend?: string | (() => Backend | Promise<Backend>);
  /**
   * The backend promises a row the same bits whatever it is computed together with. Default: true for `reference`, `cpu`
   * and `wasm` given by name, else false: rows then agree within the tolerance.
   */
  readonly bitExactRows?: boolean;
  /** Drawn models per check; default 4. */
  readonly runs?: number;
  /** Seed of all draws; default 1. */
  readonly seed?: number;
  /** Only these checks. */
  readonly only?: readonly CheckName[];
  readonly skip?: readonly FamilySkip[];
  /** Values to draw from for config keys, see `TinyConfigOptions`. */
  readonly values?: Readonly<Record<string, readonly JsonValue[]>>;
  /** How a model is loaded; default `loadModel`, as the Auto classes do. */
  readonly load?: typeof loadModel;
}
