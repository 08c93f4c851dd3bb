import { createRequire } from "node:module";
import { join } from "node:path";
import { packageFolder, packageVersion } from "../installed.ts";
import type { MatmulPeer } from "./matmul-peer.ts";

interface Tensor {
  dispose(): void;
}
interface Core {
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
  tensor2d(values: Float32Array, shape: [number, number]): Tensor;
  matMul(a: Tensor, b: Tensor): Tensor;
}
interface Wasm {
  setThreadsCount(threads: number): void;
}

const name = "@tensorflow/tfjs-backend-wasm";

export const tfjsMatmul: MatmulPeer = {
  contender: "tfjs-wasm",
  start: async (left, right, size) => {
    const load = createRequire(join(packageFolder(name), "package.json"));
    const core = load("@tensorflow/tfjs-core") as Core;
    (load(name) as Wasm).setThreadsCount(1);
    await core.setBackend("wasm");
    await core.ready();
    const [a, b] = [core.tensor2d(left, [size, size]), core.tensor2d(right, [size, size])];
    return { run: () => core.matMul(a, b).dispose(), version: `${name} ${packageVersion(name)}` };
  },
};
