import { expect, test } from "vitest";
import { createBackend, tensor } from "@helium-lm/tensor";
import { MemoryWeights } from "@helium-lm/nn";
import { HeliumConfig, ModelForCausalLM } from "@helium-lm/helium";

/** The tiny model of the specification, whose weights are Lehmer's generator seeded 1, 2, 3 … per tensor. */
const config = new HeliumConfig({
  vocabSize: 32,
  hiddenSize: 16,
  intermediateSize: 24,
  numHiddenLayers: 2,
  numAttentionHeads: 4,
  numKeyValueHeads: 2,
  headDim: 4,
});

const layer = (l: number): [string, number[]][] =>
  (
    [
      ["input_layernorm", [16]],
      ["self_attn.q_proj", [16, 16]],
      ["self_attn.k_proj", [8, 16]],
      ["self_attn.v_proj", [8, 16]],
      ["self_attn.o_proj", [16, 16]],
      ["post_attention_layernorm", [16]],
      ["mlp.gate_proj", [24, 16]],
      ["mlp.up_proj", [24, 16]],
      ["mlp.down_proj", [16, 24]],
    ] as [string, number[]][]
  ).map(([name, shape]) => [`model.layers.${l}.${name}.weight`, shape]);

const shapes: [string, number[]][] = [
  ["model.embed_tokens.weight", [32, 16]],
  ...layer(0),
  ...layer(1),
  ["model.norm.weight", [16]],
  ["lm_head.weight", [32, 16]],
];

/** Generated parts and scores that transformers and an independent float64 implementation agree on. */
const cases = [
  [{}, [[26], -1.404689, [14, 26], -1.923126, [14, 21, 26], -2.178179]],
  [{ earlyStopping: true }, [[26], -1.404689, [14, 26], -1.923126, [14, 21, 26], -2.178179]],
  [
    { lengthPenalty: 2 },
    [[13, 13, 13, 22, 26], -0.410278, [13, 13, 13, 22, 14], -0.436541, [13, 13, 12, 22, 26], -0.437458],
  ],
  [{ earlyStopping: "never" }, [[26], -1.404689, [14, 26], -1.923126, [13, 13, 13, 22, 26], -2.051389]],
] as const;

test("beams of the specification's tiny model", async () => {
  const backend = await createBackend("cpu");
  const made = shapes.map(([name, shape], index) => {
    let s = index + 1;
    const values = Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => {
      s = (s * 16807) % 2147483647;
      const u = s / 2147483647 - 0.5;
      return name.includes("norm") ? 1 + 0.5 * u : name.includes("embed") ? 2 * u : u;
    });
    return [name, tensor(backend, values, { shape })] as const;
  });
  using model = await ModelForCausalLM.load({ config, source: new MemoryWeights(new Map(made)) });
  for (const [mode, expected] of cases) {
    const { sequences, sequencesScores, beamIndices } = await model.generate({
      ...mode,
      generationConfig: {},
      inputIds: [[1, 7, 19]],
      numBeams: 3,
      numReturnSequences: 3,
      maxNewTokens: 5,
      eosTokenId: [26],
      padTokenId: 3,
    });
    const lengths = beamIndices!.map((row) => row.filter((index) => index >= 0).length);
    const got = sequences.flatMap((row, i) => [row.slice(3, 3 + lengths[i]!), sequencesScores![i]!]);
    expect(got.filter(Array.isArray)).toEqual(expected.filter((x) => typeof x !== "number"));
    got.forEach((value, i) => {
      if (typeof value === "number") expect(value).toBeCloseTo(expected[i] as number, 5);
    });
  }
  for (const [, t] of made) t.dispose();
});
