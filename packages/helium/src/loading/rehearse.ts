import type { Backend } from "@helium-lm/tensor";
import { EmptyWeights, type CheckpointReader, type EmptyWeightsOptions } from "@helium-lm/nn";
import type { DecoderConfig } from "../config/index.ts";
import type { GenerationConfig } from "../generation/index.ts";
import { heads, ModelForCausalLM, type HeadModels, type HeadName } from "../heads/index.ts";
import type { PreTrainedModel } from "../model/pretrained-model.ts";
import type { ResolvedLoadOptions } from "./load-options.ts";

/** Tokens of prompts: few rows go through kernels of their own, and so do keys that several workgroups share. */
const [FEW, MORE, MANY] = [3, 24, 640];

export interface RehearsalTask extends Pick<ResolvedLoadOptions, "computeDType" | "kvDType"> {
  readonly head: HeadName;
  readonly config: DecoderConfig;
  readonly generationConfig: GenerationConfig;
  readonly backend: Backend;
  readonly reader: CheckpointReader;
  readonly weights: EmptyWeightsOptions;
}

/**
 * Where kernels are compiled at their first use: does what a model of this checkpoint will do, without contents and without the
 * device, and has the kernels compiled that this takes. So the first token need not wait for them. Never rejects: what goes wrong
 * here goes wrong in loading, or costs that wait.
 */
export async function rehearse(task: RehearsalTask): Promise<void> {
  const rehearsal = task.backend.rehearse?.();
  if (!rehearsal) return;
  try {
    using model = await emptyModel(rehearsal.backend, task);
    if (model instanceof ModelForCausalLM) await generate(model, task.generationConfig);
    else await run(model);
  } catch {
    // What was reached is compiled all the same.
  }
  await rehearsal.ready().catch(() => undefined);
  rehearsal.backend.dispose();
}

async function emptyModel(backend: Backend, task: RehearsalTask): Promise<HeadModels[HeadName]> {
  const { head, config, reader, weights, computeDType, kvDType } = task;
  const source = new EmptyWeights(backend, reader, weights);
  const model = await heads[head].load({ config, source, computeDType });
  model.trunk.kvDType = kvDType;
  return model;
}

/** As `generation_config.json` says, greedily, and by chance. */
async function generate(model: ModelForCausalLM, generationConfig: GenerationConfig): Promise<void> {
  model.generationConfig = { ...generationConfig, eosTokenId: null };
  for (const inputIds of prompts(model)) await model.generate({ inputIds, maxNewTokens: 2 });
  const inputIds = prompt(model, FEW);
  await model.generate({ inputIds, maxNewTokens: 2, doSample: false });
  await model.generate({ inputIds, maxNewTokens: 2, doSample: true, temperature: 0.8, topK: 20, topP: 0.9 });
}

async function run(model: HeadModels[HeadName]): Promise<void> {
  for (const inputIds of prompts(model)) {
    const output = model.forward({ inputIds });
    await model.backend.synchronize();
    output.dispose();
  }
}

function prompts(model: PreTrainedModel): number[][][] {
  const lengths = [FEW, MORE, MANY].filter((length) => length + 2 <= model.config.maxPositionEmbeddings);
  return lengths.map((length) => prompt(model, length));
}

/** Of a token that is no padding. */
const prompt = ({ config }: PreTrainedModel, length: number): number[][] => [
  new Array<number>(length).fill(config.padTokenId === 0 ? 1 : 0),
];
