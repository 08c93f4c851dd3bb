import { describe, expect, test } from "vitest";
import type { DraftSchedule } from "@helium-lm/helium";
import { readFixture } from "../../../../testing/fixtures.ts";
import { openFixtureModel } from "../helpers/generation-model.ts";

interface Case {
  readonly target: string;
  readonly assistant: string;
  readonly schedule: DraftSchedule;
  readonly num_assistant_tokens: number;
  readonly input_ids: number[];
  readonly sequence: number[];
  /** Tokens tried, and those of them that were right, of each pass. */
  readonly passes: readonly (readonly [number, number])[];
}

const { cases } = readFixture<{ cases: Case[] }>("generation/speculation.json");

describe("assisted generation is that of transformers", () => {
  const opened = new Map(["helium", "helium-bf16", "mistral"].map((name) => [name, openFixtureModel(name)]));

  test("the same text, as many tokens tried, and as many of them right", async () => {
    expect(cases.length).toBe(27);
    for (const { target, assistant, schedule, num_assistant_tokens, input_ids, sequence, passes } of cases) {
      const { sequences, speculation } = await opened.get(target)!.model.generate({
        ...{ generationConfig: {}, inputIds: [input_ids], maxLength: sequence.length, padTokenId: 0 },
        ...{ assistantModel: opened.get(assistant)!.model, assistantConfidenceThreshold: 0 },
        ...{ numAssistantTokens: num_assistant_tokens, numAssistantTokensSchedule: schedule },
      });
      expect(sequences).toEqual([sequence]);
      const sum = (place: 0 | 1): number => passes.reduce((total, pass) => total + pass[place], 0);
      expect(speculation).toEqual({ draftedTokens: sum(0), acceptedTokens: sum(1) });
    }
  });
});
