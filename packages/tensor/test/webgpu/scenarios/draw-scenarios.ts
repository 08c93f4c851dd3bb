import { full, Rng, sampleTokens, tensor, type Backend, type Tensor } from "@helium-lm/tensor";
import { integers, type ScenarioCall } from "./scenario-values.ts";

interface Row {
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
  readonly uniform: number;
}

const rows: readonly Row[] = [
  { temperature: 1, topK: 0, topP: 1, uniform: 0.37 },
  { temperature: 0.7, topK: 40, topP: 0.95, uniform: 0.81 },
  { temperature: 1.5, topK: 0, topP: 0.9, uniform: 0.66 },
  { temperature: 1, topK: 1000, topP: 1, uniform: 0.02 },
  { temperature: 0, topK: 5, topP: 0.5, uniform: 0.5 },
  { temperature: 3, topK: 0, topP: 0.999, uniform: 0.9999 },
];

const column = (backend: Backend, of: (row: Row) => number, from: readonly Row[]): Tensor =>
  tensor(backend, from.map(of));

const drawn = (backend: Backend, logits: Float32Array, V: number, from: readonly Row[]): Tensor =>
  sampleTokens(tensor(backend, logits, { shape: [from.length, V] }), {
    temperature: column(backend, (row) => row.temperature, from),
    topK: integers(
      backend,
      from.map((row) => row.topK),
    ),
    topP: column(backend, (row) => row.topP, from),
    uniform: column(backend, (row) => row.uniform, from),
  });

const long = (V: number, steps: number): ScenarioCall => ({
  name: `a token of each of ${rows.length} rows of ${V} logits in ${steps === 0 ? "any" : "equal"} steps`,
  tolerance: 0,
  run: (backend) => {
    const rng = new Rng(V + steps);
    const logit = (): number => 4 * rng.normal();
    const logits = Float32Array.from({ length: rows.length * V }, () =>
      steps === 0 ? logit() : Math.round(logit() * steps) / steps,
    );
    return drawn(backend, logits, V, rows);
  },
});

/** Powers of two add up without rounding, so that random numbers may stand on the very borders. */
const V = 1024;
const borders: readonly Row[] = [
  ...[0, 2 ** -10, 0.5, 1 - 2 ** -10, 1 - 2 ** -24].map((uniform) => ({ temperature: 1, topK: 0, topP: 1, uniform })),
  // The first 1 − p of equals go: at p = 0 all but the last.
  ...[0.5, 2 ** -10, 0, 0.75].map((topP) => ({ temperature: 0.5, topK: 0, topP, uniform: 0 })),
  // Equals of the k-th largest stay.
  ...[1, 1000].map((topK) => ({ temperature: 2, topK, topP: 1, uniform: 0 })),
];

/** Draws from more logits than a workgroup has threads, or where all are equal. */
export const draws: readonly ScenarioCall[] = [
  ...[long(5_003, 0), long(5_003, 8), long(2_049, 0)],
  {
    name: "tokens at the borders between equal ones",
    tolerance: 0,
    run: (backend) => drawn(backend, new Float32Array(borders.length * V).fill(3), V, borders),
  },
  {
    name: "one logit, one row",
    tolerance: 0,
    run: (backend: Backend): Tensor => {
      const value = (of: number): Tensor => full(backend, [1], of);
      const settings = { temperature: value(1), topK: integers(backend, [1]), topP: value(0.5), uniform: value(0.5) };
      return sampleTokens(full(backend, [1, 1], -7), settings);
    },
  },
];
