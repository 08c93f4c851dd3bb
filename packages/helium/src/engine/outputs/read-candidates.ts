import { kernelPath, narrow, Scope, topk, type Tensor, type TypedArray } from "@helium-lm/tensor";
import type { Candidates, CandidatesWanted } from "./wanted.ts";

/** Logits that are looked for beyond the k-th, since they may equal it. */
const MORE = 14;

/** The rows' candidates; a composed `topk` sorts all of a row, which takes longer than reading it. */
export async function readCandidates(
  logits: Tensor,
  wanted: readonly CandidatesWanted[],
): Promise<readonly (Candidates | Float32Array)[]> {
  const count = Math.max(...wanted.map(({ k }) => k)) + MORE;
  const [M, V] = logits.shape as [number, number];
  if (count >= V || kernelPath(logits.backend, "topk", "i32", { x: logits }) !== "kernel") return readRows(logits);
  using made = new Scope();
  const [tokens, values] = await valuesOf(
    made.run(() => {
      const { indices, values } = topk(logits, count); // [M, count]
      return [indices, values];
    }),
  );
  const found: (Candidates | Float32Array)[] = [];
  for (let m = 0; m < M; m++) {
    const places = (of: ArrayLike<number> | undefined): number[] =>
      Array.from({ length: count }, (_, i) => of?.[m * count + i] ?? NaN);
    const candidates = candidatesOf(places(tokens), places(values), wanted[m]);
    const [row] = candidates ? [] : await readRows(made.run(() => narrow(logits, 0, m, 1)));
    const one = candidates ?? row;
    if (one) found.push(one);
  }
  return found;
}

/** @param values falling @returns null where those do not say which tokens are left */
function candidatesOf(
  tokens: readonly number[],
  values: readonly number[],
  wanted: CandidatesWanted | undefined,
): Candidates | null {
  const { k = 1, temperature = 1 } = wanted ?? {};
  const scores = Float32Array.from(values, (value) => value / temperature);
  const [top = NaN, threshold = NaN] = [scores[0], scores[k - 1]];
  // NaN and +∞ come first, −∞ last.
  if (!Number.isFinite(top) || !Number.isFinite(threshold)) return null;
  const size = scores.findIndex((score) => score < threshold);
  if (size < 0) return null;
  const order = Array.from({ length: size }, (_, i) => i).sort((a, b) => (tokens[a] ?? 0) - (tokens[b] ?? 0));
  return {
    tokens: Int32Array.from(order, (i) => tokens[i] ?? 0),
    logits: Float32Array.from(order, (i) => values[i] ?? 0),
  };
}

/** The rows of logits `[M, V]`; the arrays are the caller's. */
export async function readRows(logits: Tensor): Promise<readonly Float32Array[]> {
  const [M, V] = logits.shape as [number, number];
  const values = await logits.data();
  const flat = values instanceof Float32Array ? values : Float32Array.from(values);
  return Array.from({ length: M }, (_, m) => flat.subarray(m * V, (m + 1) * V));
}

/** The elements of several tensors, all on their way before the first is awaited. */
export const valuesOf = (tensors: readonly Tensor[]): Promise<readonly TypedArray[]> =>
  Promise.all(tensors.map((t) => t.data()));
