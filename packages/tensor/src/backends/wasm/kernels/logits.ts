import type { FusedKernels } from "../../../contract/kernels.ts";
import { checkTargets } from "../../host/logits.ts";
import { STATUS } from "../threads/control.ts";
import type { KernelContext } from "../kernel-context.ts";
import { grain } from "./row-reductions.ts";

/** @throws ArgumentError for a target outside the vocabulary, which the kernel notes */
export const createLogProbsOf =
  (context: KernelContext): FusedKernels["logProbsOf"] =>
  (out, { logits, targets }) => {
    const [M, V] = logits.layout.shape;
    context.scoped(() => {
      const [x, picks] = [context.dense(logits), context.dense(targets)];
      context.words(0, context.address(out), x, picks, STATUS, V);
      context.run("logProbsOf", M, grain(V));
    });
    if (context.takeStatus()) checkTargets(targets, V);
  };

export const createSampleTokens =
  (context: KernelContext): FusedKernels["sampleTokens"] =>
  (out, { logits, temperature, topK, topP, uniform }) =>
    context.scoped(() => {
      const [M, V] = logits.layout.shape;
      const [x, ...settings] = [logits, temperature, topK, topP, uniform].map((operand) => context.dense(operand));
      context.words(0, context.address(out), x, ...settings, V);
      context.run("sampleTokens", M, grain(V));
    });
