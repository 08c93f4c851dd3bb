import { importPeer, packageVersion } from "../installed.ts";
import { PeerMissing } from "../player.ts";
import type { MatmulPeer } from "./matmul-peer.ts";

interface JaxArray {
  /** One more reference: each use of an array consumes one. */
  readonly ref: JaxArray;
  reshape(shape: number[]): JaxArray;
  dispose(): void;
}
interface Jax {
  init(): Promise<string[]>;
  defaultDevice(name: string): unknown;
  blockUntilReady(array: JaxArray): Promise<unknown>;
  readonly numpy: { array(values: Float32Array): JaxArray; matmul(a: JaxArray, b: JaxArray): JaxArray };
}

const name = "@jax-js/jax";

/** jax-js, which has one thread in Node. */
export const jaxMatmul: MatmulPeer = {
  contender: "jax-js",
  start: async (left, right, size) => {
    const jax = await importPeer<Jax>(name, "dist/index.js");
    if (!(await jax.init()).includes("wasm")) throw new PeerMissing("jax-js", "has no wasm device here");
    jax.defaultDevice("wasm");
    const [a, b] = [left, right].map((values) => jax.numpy.array(values).reshape([size, size])) as [JaxArray, JaxArray];
    const run = async (): Promise<void> => {
      const product = jax.numpy.matmul(a.ref, b.ref);
      await jax.blockUntilReady(product);
      product.dispose();
    };
    return { run, version: `${name} ${packageVersion(name)}` };
  },
};
