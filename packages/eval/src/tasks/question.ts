/** A question with the answers to choose from: what most benchmarks come down to. */
export interface Question {
  readonly question: string;
  readonly choices: readonly string[];
  /** Index of the right choice. */
  readonly gold: number;
}

/** Context that ends with "Answer:", as most benchmarks of the harness have it. */
export function questionAndAnswer(question: string): string {
  return `Question: ${question}\nAnswer:`;
}

/** The choices, one in a line, as in "A. red". */
export function lettered(choices: readonly string[], names: readonly string[], before = "\n"): string {
  return choices.map((choice, i) => `${before}${names[i] ?? ""}. ${choice}`).join("");
}
