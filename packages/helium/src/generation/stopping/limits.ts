import { perRow, type StoppingCriterion, type StoppingDefinition } from "./criterion.ts";

export const maxLengthDefinition = {
  option: "maxLength",
  isLimit: true,
  make: (s) => maxLength(s.maxLength, s.maxPositionEmbeddings, s.warn),
} as const satisfies StoppingDefinition;

export const maxTimeDefinition = {
  option: "maxTime",
  isLimit: true,
  make: (s) => (s.maxTime === null ? null : maxTime(s.maxTime)),
} as const satisfies StoppingDefinition;

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
      warn(`maxLength: is beyond the ${maxPositionEmbeddings} positions of the model; the text may get worse`);
    }
    return isDone;
  });
}

/** All rows, once more than `seconds` have passed; the step on the way is completed. */
export function maxTime(seconds: number): StoppingCriterion {
  const start = performance.now();
  const isOver = (): boolean => performance.now() - start > seconds * 1000;
  return {
    name: "maxTime",
    isMet: (rows) => {
      const isMet = isOver();
      return rows.map(() => isMet);
    },
    isRowMet: isOver,
  };
}
