import { perRow, type StoppingCriterion } from "./criterion.ts";

/** Rows of `length`, the prompt included. Says once when rows outgrow the positions the model was trained for. */
export function maxLength(
  length: number,
  maxPositionEmbeddings: number,
  warn: (message: string) => void,
): StoppingCriterion {
  let isWarned = false;
  return perRow("maxLength", (ids) => {
    const isDone = ids.length >= length;
    if (!isDone && !isWarned && ids.length >= maxPositionEmbeddings) {
      isWarned = true;
      warn(`maxLength: goes beyond the ${maxPositionEmbeddings} positions of the model; text may get worse`);
    }
    return isDone;
  });
}
