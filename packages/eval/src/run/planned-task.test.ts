import { describe, expect, it } from "vitest";
import { planPreset } from "./planned-task.ts";

describe("planPreset", () => {
  it("scores each task once, however many figures come of it", () => {
    const names = planPreset("helium-card").tasks.map(({ task, numFewShot }) => `${task.name} ${numFewShot}`);
    expect(new Set(names).size).toBe(names.length);
    // MMLU in two forms, NQ and TQA, eight benchmarks in two forms, seven runs in each other language, FLORES.
    expect(names).toHaveLength(114 + 2 + 16 + 35 + 10);
    expect(planPreset("lm-eval").tasks).toHaveLength(57 + 10 + 15 + 10);
  });
});
