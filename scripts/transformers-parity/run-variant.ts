import type { Tensor } from "../../packages/tensor/src/index.ts";
import type { ModelInputs } from "../../packages/helium/src/model/model-inputs.ts";
import type { HeadModels, HeadName } from "../../packages/helium/src/heads/index.ts";
import type { GivenInputs } from "./reference-cases.ts";

const { tensor } = await import("../../packages/tensor/src/index.ts");

type Model = HeadModels[HeadName];

/** The main output of a model: the last hidden state of a trunk, else the logits. */
async function mainOutput(model: Model, inputs: ModelInputs): Promise<Float32Array> {
  using output = model.forward(inputs);
  const result: Tensor = "lastHiddenState" in output ? output.lastHiddenState : output.logits;
  return Float32Array.from(await result.data());
}

/** The output of every pass, in the order of transformers' `[B, T, …]`; rows of a sequence head follow each other by pass. */
export async function runVariant(model: Model, given: GivenInputs): Promise<Float32Array> {
  const { input_ids: ids, inputs_embeds: embeds, attention_mask: mask, position_ids: positions, steps } = given;
  const rest = { ...(mask && { attentionMask: mask }), ...(positions && { positionIds: positions }) };
  if (embeds !== undefined) {
    using inputsEmbeds = tensor(model.backend, embeds);
    return await mainOutput(model, { inputsEmbeds, ...rest });
  }
  if (ids === undefined) throw new Error("a case has neither input_ids nor inputs_embeds");
  if (steps === undefined) return mainOutput(model, { inputIds: ids, ...rest });
  return runSteps(model, ids, mask, steps);
}

async function runSteps(
  model: Model,
  ids: readonly (readonly number[])[],
  mask: readonly (readonly number[])[] | undefined,
  steps: readonly number[],
): Promise<Float32Array> {
  const B = ids.length;
  const T = ids[0]?.length ?? 0;
  const cache = model.createCache();
  const passes: Float32Array[] = [];
  let done = 0;
  try {
    for (const step of steps) {
      const inputIds = ids.map((row) => row.slice(done, done + step));
      done += step;
      const attentionMask = mask?.map((row) => row.slice(0, done));
      passes.push(await mainOutput(model, { inputIds, ...(attentionMask && { attentionMask }), pastKeyValues: cache }));
    }
  } finally {
    cache.dispose();
  }
  return model.head === "sequence-classification" ? joinPasses(passes) : joinPositions(passes, steps, B, T);
}

const joinPasses = (passes: readonly Float32Array[]): Float32Array =>
  Float32Array.from(passes.flatMap((pass) => [...pass]));

/** `[B, t, C]` of every pass → `[B, T, C]` */
function joinPositions(passes: readonly Float32Array[], steps: readonly number[], B: number, T: number): Float32Array {
  const C = (passes[0]?.length ?? 0) / (B * (steps[0] ?? 1));
  const joined = new Float32Array(B * T * C);
  let start = 0;
  passes.forEach((pass, i) => {
    const width = (steps[i] ?? 0) * C;
    for (let b = 0; b < B; b++) joined.set(pass.subarray(b * width, (b + 1) * width), b * T * C + start);
    start += width;
  });
  return joined;
}
