import { logSoftmaxRow } from "../sampling.ts";
import { aNumber, type ProcessorDefinition, type UnconditionalRows } from "./definition.ts";
import type { LogitsProcessor } from "./processor.ts";

export interface GuidanceScaleOption {
  /** Above 1 leads away from what the model says without the prompt, or with `negativePromptIds`. */
  readonly guidanceScale?: number | null;
}

export const guidanceScaleDefinition: ProcessorDefinition<GuidanceScaleOption, number> = {
  option: "guidanceScale",
  default: 1,
  isFloat: true,
  check: aNumber("a number", Number.isFinite),
  idle: (g) => g === 1,
  make: (g, { unconditional }) => guidanceScale(g, unconditional()),
};

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
