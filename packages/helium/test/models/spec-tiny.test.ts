import { describe, expect, test } from "vitest";
import { createBackend, tensor, type Backend, type Tensor } from "@helium-lm/tensor";
import { MemoryWeights, type WeightSource } from "@helium-lm/nn";
import {
  HeliumConfig,
  ModelForCausalLM,
  ModelForSequenceClassification,
  ModelForTokenClassification,
} from "@helium-lm/helium";
import { compareGolden, readFixture, tolerances, type Tolerance } from "../../../../testing/fixtures.ts";

/**
 * A tiny model whose weights come from a generator anybody can write down: the Lehmer generator
 * s ← 16807·s mod 2³¹−1, seeded 1, 2, 3 … per tensor. The expected numbers are transformers' in float64.
 */
const config = new HeliumConfig({
  vocabSize: 32,
  hiddenSize: 16,
  intermediateSize: 24,
  numHiddenLayers: 2,
  numAttentionHeads: 4,
  numKeyValueHeads: 2,
  headDim: 4,
  numLabels: 3,
});

const shapes = (): [string, number[]][] => {
  const layer = (l: number): [string, number[]][] => [
    [`model.layers.${l}.input_layernorm.weight`, [16]],
    [`model.layers.${l}.self_attn.q_proj.weight`, [16, 16]],
    [`model.layers.${l}.self_attn.k_proj.weight`, [8, 16]],
    [`model.layers.${l}.self_attn.v_proj.weight`, [8, 16]],
    [`model.layers.${l}.self_attn.o_proj.weight`, [16, 16]],
    [`model.layers.${l}.post_attention_layernorm.weight`, [16]],
    [`model.layers.${l}.mlp.gate_proj.weight`, [24, 16]],
    [`model.layers.${l}.mlp.up_proj.weight`, [24, 16]],
    [`model.layers.${l}.mlp.down_proj.weight`, [16, 24]],
  ];
  return [
    ["model.embed_tokens.weight", [32, 16]],
    ...layer(0),
    ...layer(1),
    ["model.norm.weight", [16]],
    ["lm_head.weight", [32, 16]],
    ["score.weight", [3, 16]],
    ["score.bias", [3]],
  ];
};

function weights(backend: Backend): { source: WeightSource; tensors: Tensor[] } {
  const made = shapes().map(([name, shape], index) => {
    let s = index + 1;
    const values = Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => {
      s = (s * 16807) % 2147483647;
      const u = s / 2147483647 - 0.5;
      return name.includes("norm") ? 1 + 0.5 * u : name.includes("embed") ? 2 * u : u;
    });
    return [name, tensor(backend, [...values], { shape })] as const;
  });
  return { source: new MemoryWeights(new Map(made)), tensors: made.map(([, t]) => t) };
}

interface Golden {
  readonly hidden0_pos1: number[];
  readonly hidden1_pos5: number[];
  readonly last_pos5: number[];
  readonly att0_h1_q5: number[];
  readonly att1_h3_q5: number[];
  readonly logits_pos0: number[];
  readonly logits_pos5: number[];
  readonly argmax: number[];
  readonly loss: number;
  readonly greedy: number[];
  readonly seq_logits: number[];
  readonly token_pos1: number[];
}

/** Nested arrays that are indexed as deep as the test knows them to be. */
type Rows = readonly (readonly number[])[];
const golden = readFixture<Golden>("expected/spec-10_3.json");
const ids = [1, 7, 19, 4, 30, 11];

describe.each(["reference", "cpu"])("the tiny model of the specification on %s", (backendName) => {
  const close = (given: unknown, expected: number[], tolerance: Tolerance = tolerances.states): void => {
    const head = Array.isArray(given) ? given.slice(0, expected.length) : given;
    expect(compareGolden(head, expected, tolerance).firstBad).toBeNull();
  };

  test("all heads", async () => {
    const backend = await createBackend(backendName);
    const { source, tensors } = weights(backend);
    {
      using causal = await ModelForCausalLM.load({ config, source });
      const output = causal.forward({
        inputIds: [ids],
        labels: [ids],
        outputHiddenStates: true,
        outputAttentions: true,
      });
      const states = (output.hiddenStates ?? []).filter((t) => t !== null);
      const hidden = (await Promise.all(states.map((t) => t.toArray()))) as unknown as Rows[][];
      const attentions = (await Promise.all(
        (output.attentions ?? []).map((t) => t.toArray()),
      )) as unknown as Rows[][][];
      const logits = (await output.logits.toArray()) as unknown as Rows[];
      close(hidden[0]?.[0]?.[1], golden.hidden0_pos1);
      close(hidden[1]?.[0]?.[5], golden.hidden1_pos5);
      close(hidden[2]?.[0]?.[5], golden.last_pos5);
      close(attentions[0]?.[0]?.[1]?.[5], golden.att0_h1_q5, tolerances.attentions);
      close(attentions[1]?.[0]?.[3]?.[5], golden.att1_h3_q5, tolerances.attentions);
      close(logits[0]?.[0], golden.logits_pos0);
      close(logits[0]?.[5], golden.logits_pos5);
      expect(logits[0]?.map((row) => row.indexOf(Math.max(...row)))).toEqual(golden.argmax);
      expect(await output.loss?.item()).toBeCloseTo(golden.loss, 5);
      for (const t of [output.logits, output.loss, ...(output.hiddenStates ?? []), ...(output.attentions ?? [])])
        t?.dispose();
      const { sequences } = await causal.generate({ inputIds: [ids], maxNewTokens: 10, eosTokenId: null });
      expect(sequences[0]?.slice(ids.length)).toEqual(golden.greedy);
    }
    {
      using sequence = await ModelForSequenceClassification.load({ config, source });
      const { logits } = sequence.forward({ inputIds: [ids] });
      close(((await logits.toArray()) as unknown as Rows)[0], golden.seq_logits);
      logits.dispose();
    }
    {
      using token = await ModelForTokenClassification.load({ config, source });
      const { logits } = token.forward({ inputIds: [ids] });
      close(((await logits.toArray()) as unknown as Rows[])[0]?.[1], golden.token_pos1);
      logits.dispose();
    }
    for (const t of tensors) t.dispose();
    expect(backend.memory().handles).toBe(0);
  });
});
