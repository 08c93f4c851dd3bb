import type { Backend } from "@helium-lm/tensor";
import { AutoModelForCausalLM, stoppingCriterion, type ModelSource } from "@helium-lm/helium";

export interface GreedyTask {
  readonly prompt: readonly number[];
  /** Tokens to write. */
  readonly steps: number;
  /** Of the weights; default: as stored. */
  readonly dtype?: "q4_0";
}

/** Seconds from the start of a greedy generation until each new token, in Node or in a page. */
export async function greedySeconds(
  backend: Backend,
  source: ModelSource,
  { prompt, steps, dtype }: GreedyTask,
): Promise<readonly number[]> {
  using model = await AutoModelForCausalLM.fromPretrained(source, { backend, ...(dtype && { dtype }) });
  const start = performance.now();
  const seconds: number[] = [];
  const clock = stoppingCriterion("clock", () => {
    seconds.push((performance.now() - start) / 1000);
    return false;
  });
  await model.generate({ inputIds: [[...prompt]], maxNewTokens: steps, stoppingCriteria: [clock] });
  return seconds;
}
