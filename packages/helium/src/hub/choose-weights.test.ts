import { describe, expect, it } from "vitest";
import { chooseWeights } from "./choose-weights.ts";

const split = ["q8/m-00001-of-00003.gguf", "q8/m-00002-of-00003.gguf", "q8/m-00003-of-00003.gguf"];
const ggufs = ["m.Q4_0.gguf", "m.Q4_K_M.gguf", "mmproj-m.gguf", ...split];

describe("chooseWeights", () => {
  it.each<[readonly string[], string | undefined, unknown]>([
    [
      ["model.safetensors", "model.safetensors.index.json", "x.gguf"],
      undefined,
      { kind: "safetensors", file: "model.safetensors" },
    ],
    [["model.safetensors.index.json", "x.gguf"], undefined, { kind: "index", file: "model.safetensors.index.json" }],
    [["model.safetensors", "x.gguf"], "x.gguf", { kind: "gguf", files: ["x.gguf"] }],
    [["x.gguf", "mmproj-x.gguf"], undefined, { kind: "gguf", files: ["x.gguf"] }],
    [[...split].reverse(), undefined, { kind: "gguf", files: split }],
    [ggufs, "q4_0", { kind: "gguf", files: ["m.Q4_0.gguf"] }],
    [ggufs, "Q4_K_M.gguf", { kind: "gguf", files: ["m.Q4_K_M.gguf"] }],
    [ggufs, "q8/m", { kind: "gguf", files: split }],
    [ggufs, split[0], { kind: "gguf", files: split }],
  ])("of %j for %s", (paths, file, expected) => {
    expect(chooseWeights("a/b", paths, file)).toEqual(expected);
  });

  it.each<[readonly string[], string | undefined, RegExp]>([
    [
      ggufs,
      undefined,
      /^a\/b: has several GGUF models; name one as a\/b:<file>: m\.Q4_0\.gguf, m\.Q4_K_M\.gguf, q8\/m-00001/,
    ],
    [ggufs, "q5_0", /has no GGUF file "q5_0"; name one/],
    [ggufs, "_0", /has no GGUF file "_0"/],
    [["pytorch_model.bin"], undefined, /has no weights in a supported format/],
    [["model.safetensors"], "q4_0", /has no weights in a supported format/],
  ])("refuses %j for %s", (paths, file, message) => {
    expect(() => chooseWeights("a/b", paths, file)).toThrow(message);
  });
});
