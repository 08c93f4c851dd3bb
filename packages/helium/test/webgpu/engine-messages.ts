/** Texts of three requests side by side, of one alone and of two again; an error's message where one failed. */
export interface EngineFailures {
  readonly expected: readonly string[];
  readonly given: readonly string[];
  /** The same with tokens that are chosen before those before are read. */
  readonly ahead: readonly string[];
}
