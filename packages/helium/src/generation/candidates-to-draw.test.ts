import { describe, expect, it } from "vitest";
import { candidatesToDraw } from "./candidates-to-draw.ts";
import type { LogitsProcessor } from "./processors/index.ts";
import type { ResolvedGeneration } from "./options/resolved-generation.ts";

const named = (name: string): LogitsProcessor => ({ name, process: () => undefined });

const settingsOf = (more: Partial<ResolvedGeneration> = {}): ResolvedGeneration =>
  ({ doSample: true, topK: 7, temperature: 0.5, logitsProcessors: [], ...more }) as ResolvedGeneration;

describe("a token is drawn from the largest logits alone", () => {
  const wanted = { kind: "candidates", k: 7, temperature: 0.5 };

  it("where no processor looks at more than what top-k leaves", () => {
    expect(candidatesToDraw(settingsOf(), [])).toEqual(wanted);
    expect(candidatesToDraw(settingsOf(), ["temperature", "topK", "topP"].map(named))).toEqual(wanted);
  });

  it("not where one may, nor where it is not drawn, nor without top-k", () => {
    expect(candidatesToDraw(settingsOf(), [named("topK"), named("repetitionPenalty")])).toBeNull();
    expect(candidatesToDraw(settingsOf({ doSample: false }), [])).toBeNull();
    expect(candidatesToDraw(settingsOf({ topK: 0 }), [])).toBeNull();
  });

  it("not beside a processor of the caller's own, whatever built-in one it takes the place of", () => {
    const own = named("temperature");
    expect(candidatesToDraw(settingsOf({ logitsProcessors: [own] }), [own, named("topK")])).toBeNull();
  });
});
