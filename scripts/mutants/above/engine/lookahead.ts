import { bugsIn, type PlantedBug } from "../area.ts";

/** In passes that are queued before the tokens of those before are read. */
export const lookaheadBugs: readonly PlantedBug[] = [
  ...bugsIn(
    "nn/src/pass/chosen-tokens.ts",
    ["all passes keep their tokens in one place", "pass * size + place", "place"],
    [
      "a pass begins with the token of its own row's logit",
      "reshape(tokens, [M, 1, 1])",
      "reshape(largest, [M, 1, 1])",
    ],
    ["tokens and logits are kept in one place", "narrow(this.#slots, 0, i * M, M)", "narrow(this.#slots, 0, 0, M)"],
    ["the tokens of a pass are read from the one before", "const start = pass * 2 * M;", "const start = pass * M;"],
  ),
  ...bugsIn(
    "nn/src/pass/step-inputs.ts",
    [
      "a pass ahead stays where the last one was",
      "    this.chosen?.begin(pass);\n    this.#writePlaces(steps);",
      "    this.chosen?.begin(pass);",
    ],
    ["a pass ahead keeps its token over the first", "this.chosen?.begin(pass);", "this.chosen?.begin(0);"],
    ["what is read in its pass is kept nowhere", "    this.chosen?.begin(0);\n", ""],
  ),
  ...bugsIn(
    "helium/src/engine/lookahead.ts",
    ["passes go on behind the page", "1 + Math.min(places, wanted.ahead ?? 0)", "1 + (wanted.ahead ?? 0)"],
    ["passes go on behind what was asked for", "1 + Math.min(places, wanted.ahead ?? 0)", "1 + places"],
    ["tokens that a grammar refuses are taken", " || wanted.accepts) return 0", ") return 0"],
    ["all passes are at one place", "length: length + passes,", "length,"],
    ["all passes have one position", "(positions[0] ?? 0) + passes", "positions[0] ?? 0"],
    ["a token of another text is taken", "(last === null || last.tokens[row] === ids[0])", "true"],
    ["what was cut off goes on", "sequence.length === length &&", "sequence.length >= 0 &&"],
    ["logits that are no numbers are not looked at", "rows?.largest.every(Number.isFinite)", "rows"],
    ["nothing is queued behind a group", "      this.#queue(run, 0);\n", ""],
  ),
  ...bugsIn("helium/src/engine/pass-runner.ts", [
    "logits that somebody changed behind the pass do not count",
    "followed?.logits === result ? followed.made : []",
    "followed?.made ?? []",
  ]),
];
