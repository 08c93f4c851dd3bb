import { bugsIn, type PlantedBug } from "../area.ts";

/** In what is read of a pass: tokens, their log-probabilities, logits. */
export const outputBugs: readonly PlantedBug[] = [
  ...bugsIn(
    "helium/src/generation/seen-logits.ts",
    ["a processor changes what was seen", "output.slice()", "output"],
    ["log-probabilities are logits", "logitOf(token, seen) + offset", "logitOf(token, seen)"],
    ["a drawn token has another's", "output.tokens.indexOf(token)", "0"],
    ["all that were looked for are told", "{ length: this.#count }", "{ length: this.k }"],
  ),
  ...bugsIn("helium/src/generation/own-pace-steps.ts", [
    "all tokens of a draft have the first one's log-probabilities",
    "run.logprobs.of(row, i, token)",
    "run.logprobs.of(row, 0, token)",
  ]),
  ...bugsIn(
    "helium/src/engine/outputs/read-outputs.ts",
    [
      "every part begins with the first row",
      "narrow(logits, 0, start, rows.length)",
      "narrow(logits, 0, 0, rows.length)",
    ],
    ["rows of another kind join the part", "if (last?.rows[0] && of(last.rows[0]) === of(row))", "if (last)"],
    ["a row of NaN is any row", "Number.isFinite(largest?.[m])", "true"],
    ["a token that is refused is any token", "row.accepts?.(token) !== false", "true"],
    ["a broken row has the logits of the first", "narrow(logits, 0, m, 1)", "narrow(logits, 0, 0, 1)"],
    [
      "states and logits are one part",
      "stretchesOf(wanted, (row) => String(isStates(row)))",
      'stretchesOf(wanted, () => "")',
    ],
    [
      "random numbers of the first row serve all",
      "column(({ uniform }) => uniform)",
      "column(() => rows[0]?.uniform ?? 0)",
    ],
    ["a pass chooses for rows that want more", 'wanted.every(({ kind }) => kind === "greedy")', "wanted.length > 0"],
    [
      "views of parts stay",
      "using parts = new Scope();\n  const outputs = stretches.map(",
      "const parts = new Scope();\n  const outputs = stretches.map(",
    ],
  ),
  ...bugsIn(
    "helium/src/engine/outputs/read-top.ts",
    [
      "all rows have the first one's likeliest tokens",
      "tokens?.subarray(m * most, m * most + k)",
      "tokens?.subarray(0, k)",
    ],
    [
      "a shorter list has the values of the first row",
      "values?.subarray(m * most, m * most + k)",
      "values?.subarray(m * k, m * k + k)",
    ],
    [
      "log-probabilities are of the likeliest",
      "logit - (values?.[m * most] ?? 0) + (first?.[m] ?? 0)",
      "first?.[m] ?? 0",
    ],
    [
      "log-probabilities forget the sum",
      "logit - (values?.[m * most] ?? 0) + (first?.[m] ?? 0)",
      "logit - (values?.[m * most] ?? 0)",
    ],
  ),
  ...bugsIn("helium/src/engine/outputs/read-log-probs.ts", [
    "a rank counts what is less likely",
    "ge(logits, own)",
    "ge(own, logits)",
  ]),
  ...bugsIn(
    "helium/src/engine/outputs/read-candidates.ts",
    [
      "of tokens equal to the k-th the first stay",
      "(score) => score < threshold)",
      "(score, i) => i >= k || score < threshold)",
    ],
    ["candidates come by their size", "(tokens[a] ?? 0) - (tokens[b] ?? 0)", "a - b"],
    ["temperature makes no equals", "value / temperature)", "value)"],
    [
      "more equals than were looked for are left out",
      "if (size < 0) return null;",
      "if (size < 0) return candidatesOf(tokens, [...values.slice(0, -1), -1e30], wanted);",
    ],
    ["+∞ is a candidate", "!Number.isFinite(top) || ", ""],
    ["rows have the first one's candidates", "of?.[m * count + i]", "of?.[i]"],
    ["a whole row is the first one", "narrow(logits, 0, m, 1)", "narrow(logits, 0, 0, 1)"],
  ),
  ...bugsIn(
    "helium/src/generation/candidates-to-draw.ts",
    ["candidates pass by other processors", " && processors.every(({ name }) => ofCandidates.has(name))", ""],
    ["candidates pass by own processors", "const isPlain = logitsProcessors.length === 0 && ", "const isPlain = "],
  ),
];
