import { add, cast, eq, full, lt, mul, gatedProjection, quantMatmul, tensor, type Tensor } from "@helium-lm/tensor";
import { matrix, normal, type ScenarioCall } from "./scenario-values.ts";

/** Many rows, which a card may round: to 8 bits, with q8_0 to 16. Of `products`, those that are so. */
export const rounded = (products: readonly ScenarioCall[]): readonly ScenarioCall[] => [
  ...products
    .filter(({ name }) => /^40 rows.*(q4_0|q8_0)/.test(name))
    .map((call) => ({ ...call, tolerance: call.name.includes("q8_0") ? 1e-4 : 1e-2 })),
  ...(["q4_0", "q8_0"] as const).map((format): ScenarioCall => ({
    name: `12 rows × a matrix of ${format}, four of them with what is infinite or no number`,
    tolerance: 0,
    run: (backend) => {
      const rows = Float32Array.from({ length: 12 * 64 }, (_, i) => Math.sin(i));
      for (const [row, value] of [NaN, Infinity, -Infinity].entries()) rows[64 * row + 40 + row] = value;
      rows.set([Infinity, NaN], 64 * 11);
      const x = tensor(backend, rows, { shape: [12, 64] });
      return kinds(quantMatmul(x, matrix(backend, format, 32, 64, 8)));
    },
  })),
  {
    name: "40 rows × gate and up of q4_0",
    tolerance: 1e-2,
    run: (backend) =>
      gatedProjection(
        normal(backend, [40, 512], 3),
        {
          gate: matrix(backend, "q4_0", 70, 512, 4),
          up: matrix(backend, "q4_0", 100, 512, 5).narrowRows(30, 70),
          activation: "silu",
        },
        { weight: normal(backend, [512], 6), eps: 1e-5 },
      ),
  },
];

/** 4 for a number, + 2 beyond all others, + 1 below them. */
function kinds(x: Tensor): Tensor {
  const weigh = (is: Tensor, weight: number): Tensor => mul(cast(is, "f32"), weight);
  const limit = (value: number): Tensor => full(x.backend, [1], value);
  return add(weigh(eq(x, x), 4), add(weigh(lt(limit(1e30), x), 2), weigh(lt(x, limit(-1e30)), 1)));
}
