import type { FusedKernels } from "../../../../contract/kernels.ts";
import type { KernelContext } from "../../kernel-context.ts";
import { floatWord } from "../../params.ts";
import { groupsFor } from "../module.ts";
import { rowsOf, vectorWords } from "../rows/rows.ts";
import { drawShader } from "./draw.ts";
import { scoreKeysShader } from "./score-keys.ts";

/** Two dispatches: scores, by as many threads as there are; then a workgroup for each row, which draws. */
export const createSampleTokens =
  (context: KernelContext): FusedKernels["sampleTokens"] =>
  (out, { logits, temperature, topK, topP, uniform }) =>
    context.scoped(() => {
      const { place, count, length, words } = rowsOf(context, logits);
      const quads = Math.ceil(length / 4);
      const scoreKeys = context.temporary(16 * count * quads);
      context.run({
        shader: context.shader("sampleTokens scores", scoreKeysShader),
        ...{ reads: [place, temperature], writes: [scoreKeys] },
        words: [count * quads, quads, length, ...words, ...vectorWords(temperature)],
        groups: groupsFor(count * quads),
      });
      // Weights of all together stay below 2^62.
      const unit = 2 ** (30 - Math.ceil(Math.log2(length)));
      const settings = [temperature, topK, topP, uniform];
      context.run({
        shader: context.shader("sampleTokens", drawShader),
        ...{ reads: [scoreKeys, ...settings], writes: [out] },
        words: [count, quads, length, floatWord(unit), out.layout.offset, ...settings.flatMap(vectorWords)],
        groups: count,
      });
    });
