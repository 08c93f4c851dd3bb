import { logSoftmaxRow } from "../sampling.ts";
import type { LogitsProcessor } from "./processor.ts";

/** Logits of the same rows without the prompt, or with a negative one. */
export interface UnconditionalRows {
  /** Logits of the next token, after `newTokens` were appended to the rows (none in the first step). */
  next(newTokens: readonly number[] | null): Promise<readonly Float32Array[]>;
  select(parents: readonly number[]): void;
  dispose(): void;
}

/**
 * Classifier-free guidance (Sanchez et al., arXiv 2306.17806): `u + g·(l − u)`, where l and u are the log-softmax of the
 * scores with and without the prompt.
 */
export function guidanceScale(g: number, unconditional: UnconditionalRows): LogitsProcessor {
  let isFirst = true;
  return {
    name: "guidanceScale",
    process: async (rows) => {
      const without = await unconditional.next(isFirst ? null : rows.map(({ ids }) => ids.at(-1) ?? 0));
      isFirst = false;
      rows.forEach(({ scores }, row) => {
        const l = logSoftmaxRow(scores);
        const u = logSoftmaxRow(without[row] ?? scores);
        for (let i = 0; i < scores.length; i++) scores[i] = (u[i] ?? 0) + g * ((l[i] ?? 0) - (u[i] ?? 0));
      });
    },
    select: (parents) => unconditional.select(parents),
    dispose: () => unconditional.dispose(),
  };
}
