import { ArgumentError } from "../../errors.ts";
import type { FusedKernels } from "../../contract/kernels.ts";
import type { Operand } from "../../contract/operand.ts";
import { arrayOf } from "./host-memory.ts";

/** The numbers of a vector operand. */
function vector({ handle, layout }: Operand): (m: number) => number {
  const stored = arrayOf(handle);
  return (m) => stored[layout.offset + m * layout.strides[0]];
}

/** Row m of a matrix operand, in doubles. */
function rowsOf({ handle, layout }: Operand): (m: number) => Float64Array {
  const stored = arrayOf(handle);
  const [[, V], [rowStep, step]] = [layout.shape, layout.strides];
  const row = new Float64Array(V);
  return (m) => {
    for (let v = 0, at = layout.offset + m * rowStep; v < V; v++, at += step) row[v] = stored[at];
    return row;
  };
}

/** Position of the first maximum; NaN counts as the largest. */
function firstLargest(row: Float64Array): number {
  let best = 0;
  for (let v = 0; v < row.length; v++) {
    if (Number.isNaN(row[v])) return v;
    if (row[v] > row[best]) best = v;
  }
  return best;
}

/** Makes e^(x − top) of every x; gives their sum. */
function powersOf(scores: Float64Array, top: number): number {
  let total = 0;
  for (let v = 0; v < scores.length; v++) total += scores[v] = Math.exp(scores[v] - top);
  return total;
}

/** −∞ for all but the k largest and what equals the last of them. */
function keepLargest(scores: Float64Array, k: number): void {
  const threshold = scores.toSorted()[scores.length - k];
  for (let v = 0; v < scores.length; v++) if (scores[v] < threshold) scores[v] = -Infinity;
}

/** −∞ for the smallest, the first of equals first, while their probabilities add up to 1 − p at most. */
function keepNucleus(scores: Float64Array, p: number): void {
  const sorted = scores.toSorted();
  const powers = sorted.slice();
  const most = (1 - p) * powersOf(powers, sorted[sorted.length - 1]);
  let removed = 0;
  for (let sum = 0; removed < sorted.length - 1; removed++) if ((sum += powers[removed]) > most) break;
  const threshold = sorted[removed];
  let equals = removed - sorted.indexOf(threshold);
  for (let v = 0; v < scores.length; v++)
    if (scores[v] < threshold || (scores[v] === threshold && equals-- > 0)) scores[v] = -Infinity;
}

/** The first position at which the running sum of the probabilities exceeds u. */
function draw(scores: Float64Array, top: number, u: number): number {
  const target = u * powersOf(scores, top);
  let last = 0;
  for (let v = 0, sum = 0; v < scores.length; v++) {
    if (scores[v] === 0) continue;
    sum += scores[v];
    last = v;
    if (sum > target) break;
  }
  return last;
}

/** @throws ArgumentError for the first target outside [0, V) */
export function checkTargets(targets: Operand, V: number): void {
  const target = vector(targets);
  for (let row = 0; row < targets.layout.shape[0]; row++) {
    const index = target(row);
    if (index < 0 || index >= V)
      throw new ArgumentError("logProbsOf", `target ${index} of row ${row} is outside [0, ${V})`, { index, row, V });
  }
}

/** For backends whose tensors lie in host memory: sums in doubles, each row by itself. */
export const logitsKernels: Pick<FusedKernels, "logProbsOf" | "sampleTokens"> = {
  logProbsOf(out, { logits, targets }) {
    const [M, V] = logits.layout.shape;
    const [row, target] = [rowsOf(logits), vector(targets)];
    checkTargets(targets, V);
    const result = arrayOf(out.handle);
    for (let m = 0; m < M; m++) {
      const scores = row(m);
      const top = scores[firstLargest(scores)];
      const own = scores[target(m)] - top;
      result[out.layout.offset + m] = own - Math.log(powersOf(scores, top));
    }
  },

  sampleTokens(out, { logits, temperature, topK, topP, uniform }) {
    const [M, V] = logits.layout.shape;
    const row = rowsOf(logits);
    const [T, count, mass, u] = [temperature, topK, topP, uniform].map(vector);
    const result = arrayOf(out.handle);
    for (let m = 0; m < M; m++) {
      const scores = row(m);
      let token = firstLargest(scores);
      if (T(m) > 0 && Number.isFinite(scores[token])) {
        for (let v = 0; v < V; v++) scores[v] = Math.fround(scores[v] / T(m));
        const top = scores[token];
        if (count(m) > 0 && count(m) < V) keepLargest(scores, count(m));
        if (mass(m) < 1) keepNucleus(scores, mass(m));
        token = draw(scores, top, u(m));
      }
      result[out.layout.offset + m] = token;
    }
  },
};
