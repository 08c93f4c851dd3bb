import type { ResolvedGeneration } from "../options.ts";
import { temperature } from "./temperature.ts";
import { topK } from "./top-k.ts";
import { topP } from "./top-p.ts";

/** Changes one row of float32 logits in place before a token is chosen; −∞ removes a token. */
export type LogitsProcessor = (logits: Float32Array) => void;

/** Processors of a call, in transformers' order. */
export function logitsProcessors(settings: ResolvedGeneration): LogitsProcessor[] {
  const processors: LogitsProcessor[] = [];
  if (!settings.doSample) return processors;
  if (settings.temperature !== 1) processors.push(temperature(settings.temperature));
  if (settings.topK !== 0) processors.push(topK(settings.topK));
  if (settings.topP < 1) processors.push(topP(settings.topP));
  return processors;
}

export { temperature } from "./temperature.ts";
export { topK } from "./top-k.ts";
export { topP } from "./top-p.ts";
