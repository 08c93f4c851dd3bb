import { createBackend, matmul, tensor } from "@helium-lm/tensor";
import type { Case } from "../harness.ts";
import { randomValues } from "./random.ts";

/** Square f32 products by the `cpu` backend, beside three nested loops. */
export async function matmulCases(): Promise<Case[]> {
  const backend = await createBackend("cpu");
  return [64, 128, 256, 512].map((n) => {
    const [left, right] = [randomValues(n * n, 1), randomValues(n * n, 2)];
    const a = tensor(backend, left, { shape: [n, n] });
    const b = tensor(backend, right, { shape: [n, n] });
    const out = new Float32Array(n * n);
    const work = (2 * n ** 3) / 1e9;
    return {
      name: `matmul f32 ${n}³`,
      unit: "GFLOP/s",
      ours: { run: () => matmul(a, b).dispose(), work },
      naive: { run: () => naiveMatmul(left, right, out, n), work },
    };
  });
}

export function naiveMatmul(a: Float32Array, b: Float32Array, out: Float32Array, n: number): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += (a[i * n + k] as number) * (b[k * n + j] as number);
      out[i * n + j] = sum;
    }
  }
}
