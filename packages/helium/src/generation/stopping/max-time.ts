import type { StoppingCriterion } from "./criterion.ts";

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
