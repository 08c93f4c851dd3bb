import type { Backend } from "@helium-lm/tensor";
import { AutoModelForCausalLM, stoppingCriterion, type ModelSource } from "@helium-lm/helium";

/** What a greedy run gives; as JSON. */
export interface GreedyResults {
  readonly sequence: readonly number[];
  /** Seconds from the start of generation until each new token. */
  readonly seconds: readonly number[];
  /** Handles left when the model is disposed. */
  readonly handles: number;
}

/** Loads a causal model and generates `steps` tokens greedily, in Node or in a page. */
export async function runGreedy(
  backend: Backend,
  files: ModelSource,
  prompt: readonly number[],
  steps: number,
): Promise<GreedyResults> {
  const model = await AutoModelForCausalLM.fromPretrained(files, { backend });
  const start = performance.now();
  const seconds: number[] = [];
  const clock = stoppingCriterion("clock", () => {
    seconds.push((performance.now() - start) / 1000);
    return false;
  });
  const { sequences } = await model.generate({
    inputIds: [[...prompt]],
    maxNewTokens: steps,
    stoppingCriteria: [clock],
  });
  model.dispose();
  return { sequence: sequences[0] ?? [], seconds, handles: backend.memory().handles };
}
