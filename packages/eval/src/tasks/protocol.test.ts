import { describe, expect, it } from "vitest";
import { presets } from "./presets.ts";
import { protocol } from "./protocol.ts";

describe("protocol", () => {
  const of = (benchmark: string, index: number): string => {
    const candidate = presets["helium-card"].rows.find((row) => row.benchmark === benchmark)?.candidates[index];
    return candidate === undefined ? "" : protocol(candidate);
  };

  it("says in one line how a figure is measured", () => {
    expect(of("OBQA", 0)).toBe("olmes_openbookqa_mcf: MCF, acc, 5-shot, allenai/openbookqa (main) test");
    expect(of("HS", 1)).toBe(
      "olmes_hellaswag_cf: CF, acc_char, 5-shot, Rowan/hellaswag validation, 1000 documents where there are more than 1500",
    );
    expect(of("MMLU", 0)).toBe("olmes_mmlu_mcf_macro: MCF, acc, 5-shot, cais/mmlu test, 57 tasks averaged by tasks");
    expect(of("TQA", 0)).toBe(
      "triviaqa_unfiltered: free answer, exact_match, 5-shot, mandarjoshi/trivia_qa (unfiltered.nocontext) validation",
    );
  });
});
