import type { ServedModel } from "../models/served-model.ts";

/** The labels of a model that classifies, in the order of its logits. */
export const labelNames = ({ engine }: ServedModel): readonly string[] => {
  const names = engine.model.id2label ?? {};
  return Object.keys(names).map((_, index) => names[index] ?? `LABEL_${index}`);
};
