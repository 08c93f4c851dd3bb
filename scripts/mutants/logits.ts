import { mutantsOf, type Mutant } from "./mutant.ts";

const file = "backends/host/logits.ts";

/** Bugs in log-probabilities and in drawing tokens, of the kernels that reference and cpu share. */
export const logitsMutants: readonly Mutant[] = [
  ...mutantsOf(
    file,
    "logProbsOf",
    ["the maximum is not taken out of the target", "scores[target(m)] - top", "scores[target(m)]"],
    ["every row has the first one's target", "scores[target(m)] - top", "scores[target(0)] - top"],
    ["a target behind the vocabulary is read", "index < 0 || index >= V", "index < 0 || index > V"],
    ["the last power is left out", "v < scores.length; v++) total +=", "v < scores.length - 1; v++) total +="],
    ["the sum is no logarithm", "Math.log(powersOf(scores, top))", "powersOf(scores, top)"],
  ),
  ...mutantsOf(
    file,
    "sampleTokens",
    ["temperature multiplies", "scores[v] / T(m)", "scores[v] * T(m)"],
    ["the last of equals is the largest", "if (row[v] > row[best]) best = v;", "if (row[v] >= row[best]) best = v;"],
    ["one token too many of the largest", "[scores.length - k]", "[scores.length - k - 1]"],
    ["ties of the last of the largest go", "if (scores[v] < threshold) scores", "if (scores[v] <= threshold) scores"],
    ["the nucleus is the tail", "(1 - p) * powersOf", "p * powersOf"],
    ["the nucleus may be empty", "removed < sorted.length - 1; removed++", "removed < sorted.length; removed++"],
    ["of equals all go", "equals-- > 0", "equals > 0"],
    ["random numbers of the first row serve all", "draw(scores, top, u(m))", "draw(scores, top, u(0))"],
    ["the running sum stops one late", "if (sum > target) break;", "if (sum - scores[v] > target) break;"],
    ["the draw is over all that was removed", "if (scores[v] === 0) continue;", ""],
    ["temperature 0 draws", "T(m) > 0 &&", "T(m) >= 0 &&"],
  ),
];
