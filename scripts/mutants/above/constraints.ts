import { bugsIn, type Area } from "./area.ts";

export const constraints: Area = {
  name: "constraints",
  tests: [
    "packages/helium/src/generation/grammar/constrained-rows.test.ts",
    "packages/helium/test/grammar/any-language.test.ts",
    "packages/helium/src/grammar/standard-schema.test.ts",
    "packages/helium/test/grammar/token-healing.test.ts",
    "packages/helium/test/grammar/requests.test.ts",
    "packages/helium/test/grammar/constrained.test.ts",
    "packages/helium/test/grammar/generate-object.test.ts",
  ],
  bugs: [
    ...bugsIn(
      "helium/src/generation/grammar/constrained-rows.ts",
      [
        "a text may end anywhere",
        "if (!state.isAccepting) for (const token of this.#eos)",
        "if (false) for (const token of this.#eos)",
      ],
      ["a text never ends", "state.isAccepting ? this.#eos : []", "[]"],
      ["a forced token may be banned", "Number.isFinite(score) ? score : 0", "score"],
      ["any token may follow", "state.step(token) !== null", "true"],
      ["drafts go on over forced tokens", "at.forced.length > 0 || !this.allows(at, token)", "!this.allows(at, token)"],
      ["all prompts have the first one's grammar", "Math.floor((i * this.#starts.length) / count)", "0"],
      ["what was taken back is forgotten", "this.#path.length = same + 1;", ""],
    ),
    ...bugsIn(
      "helium/src/generation/grammar/prefix-state.ts",
      ["a prefix may be left out", "if (own[i] !== this.#bytes[i]) return null;", ""],
      ["a longer token may go on with anything", "state = stepByte(state, own[i] ?? 0)", "state = this.#then"],
    ),
    ...bugsIn("helium/src/generation/grammar/heal-prompts.ts", [
      "shorter prompts are padded on the right",
      "    ...new Array<number>(longest - row.length).fill(value),\n    ...row,",
      "    ...row,\n    ...new Array<number>(longest - row.length).fill(value),",
    ]),
    ...bugsIn("helium/src/generation/grammar/can-skip-forced.ts", [
      "scores of forced tokens are not shown",
      "logitsProcessors.length > 0 || onlyAllRows !== null",
      "onlyAllRows !== null",
    ]),
    ...bugsIn(
      "helium/src/generation/grammar/allowed-candidates.ts",
      ["one candidate too few", "values.length > this.#k", "values.length >= this.#k"],
      [
        "candidates may be refused",
        "isLarge(logits[token] as number) && rows.masks(place, token)",
        "isLarge(logits[token] as number)",
      ],
    ),
    ...bugsIn("helium/src/generation/processors/call-processors.ts", [
      "a caller's processor has the last word",
      "isReplaced ? unreplaced(builtIn.constraints, context) : []",
      "[]",
    ]),
    ...bugsIn("helium/src/generation/beam-search.ts", [
      "a text that is not there is returned",
      "if (grammar && missing > 0)",
      "if (grammar && missing > 99)",
    ]),
    ...bugsIn(
      "helium/src/generation/own-pace-steps.ts",
      ["forced tokens are not counted", "state.countForced(step.filter((one) => one?.isForced).length);", ""],
      [
        "a row goes on behind its end",
        "const forced = chosen.at(-1)?.endedBy ? [] : takeForced(run, row);",
        "const forced = takeForced(run, row);",
      ],
    ),
    ...bugsIn("helium/src/generation/generate-object.ts", [
      "a schema's own checks are not made",
      "if (!isStandardSchema(schema)) return value;",
      'if (text !== "") return value;',
    ]),
    ...bugsIn(
      "helium/src/grammar/kept-grammars.ts",
      ["all grammars are kept", "this.#grammars.size > MOST", "this.#grammars.size > 9999"],
      [
        "regular expressions are one",
        "if (value instanceof RegExp) return { source: value.source, flags: value.flags };",
        "",
      ],
    ),
    ...bugsIn("helium/src/grammar/standard-schema.ts", [
      "parts of an allOf are closed",
      'holdsKey(given, "allOf") ? given :',
      "",
    ]),
  ],
};
