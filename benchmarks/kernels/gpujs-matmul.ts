import { matmul, tensor } from "@helium-lm/tensor";
import { createGpuJsBackend, type GpuJsMode } from "@helium-lm/tensor/backends/gpujs";
import { interleave, type Timed } from "../rounds.ts";
import { randomValues } from "./random.ts";

export interface MatmulTask {
  readonly mode: GpuJsMode;
  readonly n: number;
}

/**
 * GFLOP/s of square f32 products with the result read back: the gpujs backend beside the kernel that GPU.js shows as its
 * example, a thread per element and its inputs on the device too. In Node or in a page.
 */
export async function gpuJsMatmul({ mode, n }: MatmulTask): Promise<Timed[]> {
  const [left, right] = [randomValues(n * n, 1), randomValues(n * n, 2)];
  const backend = await createGpuJsBackend({ mode });
  const a = tensor(backend, left, { shape: [n, n] });
  const b = tensor(backend, right, { shape: [n, n] });
  const ours = async (): Promise<ArrayLike<number>> => {
    const c = matmul(a, b);
    const values = (await c.data()) as Float32Array;
    c.dispose();
    return values;
  };
  const gpu = await createGpu(mode);
  const naive = await naiveProduct(gpu, left, right, n);
  const [row] = await naive();
  const first = await ours();
  const apart = Math.max(...(row ?? []).map((value, i) => Math.abs(value - (first[i] ?? NaN))));
  if (!(apart < 1e-2)) throw new Error(`the two products are ${apart} apart in mode ${mode}; they must agree`);
  const work = (2 * n ** 3) / 1e9;
  const timed = await interleave([
    { contender: "helium-lm", run: ours, work },
    { contender: "GPU.js naive kernel", run: naive, work },
  ]);
  backend.dispose();
  await gpu.destroy();
  return timed;
}

/** What of GPU.js is used here. */
interface Gpu {
  createKernel(source: string, settings: object): (...args: readonly unknown[]) => unknown;
  destroy(): Promise<void>;
}

type GpuClass = new (settings: { readonly mode: GpuJsMode }) => Gpu;

async function createGpu(mode: GpuJsMode): Promise<Gpu> {
  // In a page the module is the class itself with everything else as its properties; in Node a CommonJS namespace.
  const module = (await import("gpu.js")) as unknown as { readonly GPU?: GpuClass; readonly default?: unknown };
  const { GPU } = module.GPU ? { GPU: module.GPU } : (module.default as { readonly GPU: GpuClass });
  return new GPU({ mode });
}

type Rows = readonly Float32Array[];

async function naiveProduct(
  gpu: Gpu,
  left: Float32Array,
  right: Float32Array,
  n: number,
): Promise<() => Promise<Rows>> {
  const settings = { output: [n, n], constants: { n }, precision: "single" };
  // A kernel each: a pipeline kernel's next run may reuse its last output.
  const upload = async (values: Float32Array): Promise<unknown> =>
    gpu.createKernel("function (values) { return values[this.thread.y][this.thread.x]; }", {
      ...settings,
      pipeline: true,
    })(rowsOf(values, n));
  const [a, b] = [await upload(left), await upload(right)];
  const product = gpu.createKernel(
    `function (a, b) {
      let sum = 0;
      for (let k = 0; k < this.constants.n; k++) sum += a[this.thread.y][k] * b[k][this.thread.x];
      return sum;
    }`,
    settings,
  );
  return async () => (await product(a, b)) as Rows;
}

const rowsOf = (values: Float32Array, n: number): Rows =>
  Array.from({ length: n }, (_, i) => values.slice(i * n, (i + 1) * n));
