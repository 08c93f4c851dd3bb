import type { Backend } from "@helium-lm/tensor";
import { AutoModelForCausalLM, type ModelSource } from "@helium-lm/helium";

/** What a greedy run gives; as JSON. */
export interface GreedyResults {
  readonly sequence: readonly number[];
  /** Handles left when the model is disposed. */
  readonly handles: number;
}

/** Loads a causal model and generates `steps` tokens greedily. */
export async function runGreedy(
  backend: Backend,
  files: ModelSource,
  prompt: readonly number[],
  steps: number,
): Promise<GreedyResults> {
  const model = await AutoModelForCausalLM.fromPretrained(files, { backend });
  const { sequences } = await model.generate({ inputIds: [[...prompt]], maxNewTokens: steps });
  model.dispose();
  return { sequence: sequences[0] ?? [], handles: backend.memory().handles };
}
