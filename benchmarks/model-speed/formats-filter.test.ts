import { describe, expect, it } from "vitest";
import type { FormatModel } from "../model-files/format-files.ts";
import type { FileType } from "../peers/native/quantize-file.ts";
import { formatsFilter } from "./formats-filter.ts";

const model = (name: string, ...formats: FileType[]): FormatModel => ({
  ...{ name, formats, bytes: 0, vocab: 1, writeSource: () => Promise.resolve() },
});

const models = [
  model("SmolLM2-135M", "Q4_0", "Q6_K"),
  model("1B shape", "Q4_0", "Q4_K_M", "Q6_K", "F16"),
  model("Gemma-3-270m shape", "Q4_K_M"),
];

const chosen = (...args: string[]): string[] =>
  models.flatMap((model) =>
    model.formats
      .filter((format) => formatsFilter(args).wants(model, format))
      .map((format) => `${model.name} ${format}`),
  );

describe("what of the formats is measured", () => {
  it("is all without options, in a whole run", () => {
    expect(chosen()).toHaveLength(7);
    expect(formatsFilter([]).isPartial).toBe(false);
  });

  it("is a file, a model or a format by --only", () => {
    expect(chosen("--only", "smollm2/q4_0")).toEqual(["SmolLM2-135M Q4_0"]);
    expect(chosen("--only", "1B/Q4_K_M,1b/F16")).toEqual(["1B shape Q4_K_M", "1B shape F16"]);
    expect(chosen("--only", "Gemma")).toEqual(["Gemma-3-270m shape Q4_K_M"]);
    expect(chosen("--only", "Q6_K")).toEqual(["SmolLM2-135M Q6_K", "1B shape Q6_K"]);
  });

  it("is engines, tests and rounds by their options", () => {
    const filter = formatsFilter([
      "--node",
      "24,20",
      "--codegen",
      "plain",
      "--test",
      "decode",
      "--rounds",
      "3",
      "--threads",
      "1",
    ]);
    expect([24, 22, 20].filter((node) => filter.wantsEngine(node, "plain"))).toEqual([24, 20]);
    expect(filter.wantsEngine(24, "wide")).toBe(false);
    expect([filter.wantsTest("decode"), filter.wantsTest("prefill")]).toEqual([true, false]);
    expect([filter.rounds, filter.threads, filter.onProcessorClock]).toEqual([3, 1, false]);
    expect(formatsFilter(["--clock", "processor"]).onProcessorClock).toBe(true);
    expect(filter.isPartial).toBe(true);
  });
});
