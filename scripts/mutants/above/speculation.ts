import { bugsIn, type Area } from "./area.ts";

export const speculation: Area = {
  name: "speculation",
  tests: [
    "packages/helium/src/generation/speculation/draft-length.test.ts",
    "packages/helium/src/generation/speculation/verify-drawn.test.ts",
    "packages/helium/test/speculation/lengths.test.ts",
    "packages/helium/test/speculation/draws.test.ts",
    "packages/helium/test/speculation/speculation.test.ts",
    "packages/helium/test/speculation/lookup.test.ts",
  ],
  bugs: [
    ...bugsIn(
      "helium/src/generation/speculation/draft-length.ts",
      ["what is behind a wrong token counts as wrong", "Math.min(drafted, accepted + 1)", "drafted"],
      ["drafts of long ago count as much", "MEMORY * this.#tested + ", "this.#tested + "],
      ["what was given up is never tried again", "      this.#idle++;\n", ""],
      ["it is tried again as often as before", "Math.min(WAIT.most, 2 * this.#wait)", "this.#wait"],
      ["a right token leaves the wait long", "if (accepted > 0) this.#wait = WAIT.least;\n    else if", "if"],
      ["what cannot pay is tried", "best === 0 && tokenCost < 1 && this", "best === 0 && this"],
      ["a draft that is right in part lets the next one grow", "accepted === drafted ?", "accepted > 0 ?"],
      ["drafts that were wrong end for good", "Math.max(1, this.#length - 1)", "Math.max(0, this.#length - 1)"],
      ["only the first token costs", "(1 + n * tokenCost)", "(1 + tokenCost)"],
      ["tokens are right apart from each other", "expected += acceptance ** n;", "expected += acceptance;"],
    ),
    ...bugsIn("helium/src/generation/speculation/draft-length.ts", [
      "a full batch costs as one row",
      "TOKEN_SHARE * rows",
      "TOKEN_SHARE",
    ]),
    ...bugsIn(
      "helium/src/generation/speculation/verify-drawn.ts",
      ["every draft stays", "random.uniform() * (q[token] ?? 0) < (p[token] ?? 0)", "random.uniform() >= 0"],
      ["the rest has the model's distribution", "Math.max(0, probability - (q[i] ?? 0))", "probability"],
      ["what the draft model overrates may come too", "Math.max(0, probability - ", "Math.abs(probability - "],
      ["the rest is not normalised", "random.uniform() * total)", "random.uniform())"],
      [
        "rounding ends the text with its last token",
        "drawIndex(left, random.uniform() * total) : drawIndex(p, random.uniform())",
        "drawIndex(left, random.uniform() * total) : p.length - 1",
      ],
    ),
    ...bugsIn(
      "helium/src/generation/speculation/model-drafter.ts",
      [
        "both models draw with the same numbers",
        ".at(ids.length - promptLength, this.#round)",
        ".at(ids.length - promptLength, 0)",
      ],
      ["tokens that were refused stay", "    if (agreed < own.length) this.#rows.truncate(row, agreed);\n", ""],
      ["a greedy draft is always sure", "Math.exp(logProbs[0] ?? NaN) >= threshold ?", "true || threshold ?"],
      ["a drawn draft is always sure", "if (probabilities && !(", "if (false && !("],
      [
        "the draft model leaves its context",
        "return tokens.length < most && ids.length < this.#context && ",
        "return tokens.length < most && ",
      ],
      ["drafts are longer than asked for", "return tokens.length < most && ", "return tokens.length <= most && "],
    ),
    ...bugsIn(
      "helium/src/generation/speculation/speculation.ts",
      ["the draft model goes before lookup", "if (live[row] && !found)", "if (live[row])"],
      [
        "drafts go beyond the end, by lookup",
        "const room = maxLength - ids.length - 1;",
        "const room = maxLength - ids.length;",
      ],
      [
        "drafts go beyond the end, by the draft model",
        "this.#run.settings.maxLength - ids.length - 1)",
        "this.#run.settings.maxLength - ids.length)",
      ],
      ["others in the engine do not fill it", " + state.neighbours;", ";"],
      [
        "others in the engine change what is drawn",
        "if (settings.doSample && this.#drafter) return state.rows.length;\n",
        "",
      ],
      ["the draft model costs nothing", "model.next(cost + this.#draftCost)", "model.next(cost)"],
      ["every source learns from the draft of one", "if (length === this.#sources[row]) length", "if (length) length"],
    ),
    ...bugsIn(
      "helium/src/generation/speculation/can-speculate.ts",
      ["logits of several rows have gaps", "outputScores || outputLogits", "outputScores"],
      ["processors that see all rows see one", ": onlyAllRows && `", ": null && `"],
    ),
    ...bugsIn("helium/src/generation/stopping/call-criteria.ts", [
      "of one row the length goes before an end",
      "textFirst(met)[0]?.name",
      "met[0]?.name",
    ]),
    ...bugsIn("helium/src/generation/options/check-combinations.ts", [
      "vocabularies are not compared",
      "assistantModel.config.vocabSize !== model.config.vocabSize)",
      "assistantModel.config.vocabSize < 0)",
    ]),
    ...bugsIn(
      "helium/src/generation/generation-run.ts",
      [
        "a processor that fails on a draft ends the text",
        "    } catch {\n      return false;\n    }\n",
        "    } finally {\n      scores.length;\n    }\n",
      ],
      [
        "a row is processed as the first",
        "this.#processAlone(scores, ids, row);\n  }\n\n  /**\n   * The same",
        "this.#processAlone(scores, ids, 0);\n  }\n\n  /**\n   * The same",
      ],
    ),
  ],
};
