import type { Backend } from "../contract/backend.ts";
import { attention, cast, eq, exp, linear, max, maximum, quantMatmul, softmax, tanh } from "../ops/index.ts";
import { QuantMatrix } from "../quant-matrix.ts";
import { scope } from "../scope.ts";
import { tensor, type Tensor } from "../tensor.ts";
import { attended, blocksOfQ4, blocksOfQ8, productOf, wholes } from "./self-test-values.ts";

/** Something computed, and what must come out. */
interface Check {
  readonly got: Tensor;
  readonly want: readonly number[];
  /** To the last bit; default: but for rounding on the way. */
  readonly isExact?: boolean;
}

/** Few rows of x and many, which kernels of their own multiply; rows of whole blocks of 32, and others. */
function products(backend: Backend, dtype: "f32" | "f16" | "bf16"): Check[] {
  return [
    [1, 64],
    [9, 64],
    [1, 36],
    [9, 36],
  ].map(([M, K]) => {
    // Exact in any dtype of floats.
    const [x, weight] = [wholes(3, M * K, 9), wholes(5, 5 * K, 7)];
    const w = tensor(backend, weight, { shape: [5, K], dtype });
    return { got: linear(tensor(backend, x, { shape: [M, K] }), w), want: productOf(x, weight, K) };
  });
}

function quantProducts(backend: Backend, format: "q8_0" | "q4_0"): Check[] {
  const K = 64;
  const { bytes, weights } = format === "q8_0" ? blocksOfQ8(wholes(7, 6 * K, 127)) : blocksOfQ4(wholes(11, 6 * K, 7));
  const matrix = QuantMatrix.fromBlocks(backend, format, [6, K], bytes);
  return [1, 9].map((M) => {
    const x = wholes(13, M * K, 9);
    return { got: quantMatmul(tensor(backend, x, { shape: [M, K] }), matrix), want: productOf(x, weights, K) };
  });
}

function attentions(backend: Backend): Check[] {
  return [1, 5].map((T) => {
    const sizes = { H: 2, T, S: 9, D: 32 };
    const given = [17, 19, 23].map((seed, i) => wholes(seed, 2 * (i === 0 ? T : 9) * 32, 4));
    const [q, k, v] = given.map((values, i) => tensor(backend, values, { shape: [1, 2, i === 0 ? T : 9, 32] }));
    return {
      got: attention(q, k, v, { scale: 32 ** -0.5 }),
      want: attended(given[0], given[1], given[2], sizes),
    };
  });
}

/** What drivers get wrong that compute as if there were no NaN, no infinity and no large number. */
function specials(backend: Backend): Check[] {
  const large = tensor(backend, [1000, 999, 500, -Infinity, -1e30]);
  const odd = tensor(backend, [NaN, 1, -Infinity]);
  return [
    { got: softmax(large, 0), want: [0.7310585786300049, 0.2689414213699951, 0, 0, 0] },
    { got: maximum(odd, tensor(backend, [1, NaN, 2])), want: [NaN, NaN, 2] },
    { got: max(odd, 0), want: [NaN] },
    { got: cast(eq(odd, odd), "f32"), want: [0, 1, 1] },
    { got: tanh(tensor(backend, [100, -100, 0.5])), want: [1, -1, 0.46211715726000973] },
    { got: exp(tensor(backend, [100, -200, 1])), want: [Infinity, 0, Math.E] },
  ];
}

/** Rounds to the nearest, ties to even; too large is infinite, subnormals stay. */
function halves(backend: Backend): Check[] {
  const values = tensor(backend, [65504, 65520, -1e9, NaN, 1.00048828125, 1.00146484375, 6e-8, 2.98e-8, -0.1]);
  const want = [65504, Infinity, -Infinity, NaN, 1, 1.001953125, 2 ** -24, 0, -0.0999755859375];
  return [{ got: cast(cast(values, "f16"), "f32"), want, isExact: true }];
}

/** One op or more of every kind that a model needs, small enough that all of them take a moment. */
const checks: Readonly<Record<string, (backend: Backend) => readonly Check[]>> = {
  "products in f32": (backend) => products(backend, "f32"),
  "products in f16": (backend) => products(backend, "f16"),
  "products in bf16": (backend) => products(backend, "bf16"),
  "products in q8_0": (backend) => quantProducts(backend, "q8_0"),
  "products in q4_0": (backend) => quantProducts(backend, "q4_0"),
  attention: attentions,
  "special values": specials,
  "conversion to f16": halves,
};

/**
 * What a device must get right before `auto` takes it: drivers have been seen that lose NaN, give NaN for tanh(100), and round
 * halves wrongly.
 *
 * @returns the name of the first check that is wrong, with a number; null when all are right
 */
export async function selfTest(backend: Backend): Promise<string | null> {
  const rehearsal = backend.rehearse?.();
  // Kernels are compiled side by side then.
  if (rehearsal) {
    scope(() => Object.values(checks).forEach((run) => void run(rehearsal.backend)));
    await rehearsal.ready();
    rehearsal.backend.dispose();
  }
  const results = scope(() =>
    Object.entries(checks).flatMap(([name, run]) =>
      run(backend).map(({ got, want, isExact }) => ({
        name,
        want,
        isRight: isExact ? Object.is : isNear,
        coming: got.data(),
      })),
    ),
  );
  const given = await Promise.all(results.map(({ coming }) => coming));
  for (const [i, { name, want, isRight }] of results.entries()) {
    const at = want.findIndex((value, j) => !isRight(given[i][j], value));
    if (at >= 0) return `${name} (${given[i][at]} instead of ${want[at]})`;
  }
  return null;
}

const isNear = (got: number, want: number): boolean =>
  Object.is(got, want) || Math.abs(got - want) <= 1e-5 * Math.max(Math.abs(want), 0.01);
