/** Texts of three requests side by side, of one alone and of two again; an error's message where one failed. */
export interface EngineFailures {
  readonly expected: readonly string[];
  readonly given: readonly string[];
}
