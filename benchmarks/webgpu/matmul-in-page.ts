import { matmul, tensor } from "@helium-lm/tensor";
import { createWebGpuBackend } from "@helium-lm/tensor/backends/webgpu";
import { randomValues } from "../kernels/random.ts";
import { interleave, type Timed } from "../rounds.ts";
import type { WebGpuPeer } from "./peer-packages.ts";

export interface MatmulTask {
  readonly n: number;
  readonly peers: readonly WebGpuPeer[];
}

export interface MatmulAnswer {
  readonly timed: readonly Timed[];
  /** Vendor and architecture. */
  readonly adapter: string;
}

type Product = () => Promise<ArrayLike<number>>;
type Start = (left: Float32Array, right: Float32Array, n: number) => Promise<Product>;

const peers: Readonly<Record<WebGpuPeer, Start>> = {
  async "tfjs-webgpu"(left, right, n) {
    await import("@tensorflow/tfjs-backend-webgpu");
    const core = await import("@tensorflow/tfjs-core");
    // It asks the adapter in a way that browsers dropped.
    const prototype = GPUAdapter.prototype as { requestAdapterInfo?: () => Promise<GPUAdapterInfo> };
    prototype.requestAdapterInfo ??= function (this: GPUAdapter) {
      return Promise.resolve(this.info);
    };
    if (!(await core.setBackend("webgpu"))) throw new Error("tfjs has no webgpu backend here");
    await core.ready();
    const [a, b] = [core.tensor2d(left, [n, n]), core.tensor2d(right, [n, n])];
    return async () => {
      const product = core.matMul(a, b);
      const values = await product.data();
      product.dispose();
      return values;
    };
  },
  async "jax-js"(left, right, n) {
    const jax = await import("@jax-js/jax");
    if (!(await jax.init("webgpu")).includes("webgpu")) throw new Error("jax-js has no webgpu device here");
    jax.defaultDevice("webgpu");
    const [a, b] = [jax.numpy.array(left).reshape([n, n]), jax.numpy.array(right).reshape([n, n])];
    return () => jax.numpy.matmul(a.ref, b.ref).data();
  },
};

/** GFLOP/s of square f32 products, the result read back: ours beside the peers, in turn on one adapter. */
export async function matmulInPage({ n, peers: asked }: MatmulTask): Promise<MatmulAnswer> {
  const [left, right] = [randomValues(n * n, 1), randomValues(n * n, 2)];
  const backend = await createWebGpuBackend();
  const [a, b] = [tensor(backend, left, { shape: [n, n] }), tensor(backend, right, { shape: [n, n] })];
  const ours: Product = async () => {
    const product = matmul(a, b);
    const values = (await product.data()) as Float32Array;
    product.dispose();
    return values;
  };
  const work = (2 * n ** 3) / 1e9;
  const entries = [{ contender: "helium-lm", run: ours, work }];
  const expected = await ours();
  for (const contender of asked) {
    const run = await peers[contender](left, right, n);
    const values = await run();
    const apart = Array.from(values, (value, i) => Math.abs(value - (expected[i] ?? NaN))).reduce((x, y) =>
      Math.max(x, y),
    );
    if (!(apart < 1e-2)) throw new Error(`${contender}'s product is ${apart} from ours; they must agree`);
    entries.push({ contender, run, work });
  }
  const timed = await interleave(entries);
  const { vendor, architecture } = backend.info();
  backend.dispose();
  return { timed, adapter: `${vendor} ${architecture}` };
}
