import type { Backend } from "../../../contract/backend.ts";
import type { Operand, QuantFormatName, StorageHandle, StorageSpec } from "../../../contract/operand.ts";
import { contiguousLayout } from "../../../layout.ts";
import { quantFormats } from "../../../quant/formats/index.ts";
import { quantRowBytes } from "../../../quant/row-bytes.ts";
import { wrongHalf } from "./every-half.ts";
import type { VariantFeature } from "./features.ts";
import type { KernelContext } from "../kernel-context.ts";
import { createProduct } from "../kernels/quant/products.ts";

/** Products [M, K]·[N, K] that take the kernels of a feature. */
const trials: { readonly [F in VariantFeature]: readonly (readonly [format: QuantFormatName, M: number])[] } = {
  "shader-f16": [["q8_0", 1]],
  subgroups: [
    ["q8_0", 1],
    ["q8_0", 3],
  ],
  packed_4x8_integer_dot_product: [
    ["q4_0", 12],
    ["q8_0", 12],
  ],
};

/** More units of 32 than a workgroup takes at a time, and no multiple of that. */
const K = 32 * 35;
const N = 37;

/** Rows that the plain kernels multiply at a time: few, for their shaders for many take long to compile. */
const FEW = 4;

/** Relative to the largest element: sums in another order. */
const TOLERANCE = 1e-5;

/**
 * Multiplies small matrices with and without each feature that is used, reads every f16 where the device reads them itself, and
 * turns off a feature with which other numbers come out.
 */
export async function testFeatures(context: KernelContext, backend: Backend): Promise<void> {
  const { features } = context;
  const untested = [...features.used];
  for (const feature of features.used) {
    untested.shift();
    const reason = await failure(context, backend, feature, untested).catch(
      (error: unknown) => `its kernels do not run: ${error instanceof Error ? error.message : String(error)}`,
    );
    if (reason !== null) features.turnOff(feature, reason);
  }
}

/** @param untested features that are still to be tested, and left out until then */
async function failure(
  context: KernelContext,
  backend: Backend,
  feature: VariantFeature,
  untested: readonly VariantFeature[],
): Promise<string | null> {
  const misread = feature === "shader-f16" ? await wrongHalf(context, backend) : null;
  if (misread !== null) return misread;
  const { features } = context;
  for (const [format, M] of trials[feature]) {
    using trial = new Trial(context, backend, format, M);
    const plain = features.without([feature, ...untested], () => trial.multiply(FEW));
    const tried = features.without(untested, () => trial.multiply(M));
    const [want, got] = [await trial.read(plain), await trial.read(tried)];
    const top = want.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const wrong = want.findIndex((value, i) => !(Math.abs(value - got[i]) <= TOLERANCE * top));
    if (wrong >= 0) return `its kernels gave ${got[wrong]} for ${want[wrong]} in a product with ${format}`;
  }
  return null;
}

/** A product, and the storages that it takes until it is disposed. */
class Trial implements Disposable {
  readonly #context: KernelContext;
  readonly #backend: Backend;
  readonly #storages: StorageHandle[] = [];
  readonly #x: Operand;
  readonly #weight: { readonly handle: StorageHandle; readonly format: QuantFormatName };

  constructor(context: KernelContext, backend: Backend, format: QuantFormatName, M: number) {
    this.#context = context;
    this.#backend = backend;
    this.#x = this.#dense([M, K]);
    // Whole numbers, of which the first of each unit is the largest: rounding them to 8 or 16 bits changes nothing.
    const values = Float32Array.from({ length: M * K }, (_, i) => (i % 32 === 0 ? 127 : ((i * 89) % 255) - 127));
    backend.write(this.#x.handle, new Uint8Array(values.buffer));
    this.#weight = { format, handle: this.#alloc({ kind: "quant", format, rows: N, columns: K }) };
    backend.write(this.#weight.handle, blocksOf(format));
  }

  /** @param atATime rows of x */
  multiply(atATime: number): Operand {
    const [M] = this.#x.layout.shape;
    const out = this.#dense([M, N]);
    const weight = { ...this.#weight, firstRow: 0, rows: N, columns: K };
    for (let row = 0; row < M; row += atATime) {
      const part = (operand: Operand, columns: number): Operand => {
        const layout = contiguousLayout([Math.min(atATime, M - row), columns]);
        return { ...operand, layout: { ...layout, offset: row * columns } };
      };
      createProduct(this.#context)(part(out, N), { x: part(this.#x, K), weight });
    }
    return out;
  }

  async read({ handle }: Operand): Promise<Float32Array> {
    return new Float32Array((await this.#backend.read(handle)).buffer);
  }

  [Symbol.dispose](): void {
    for (const storage of this.#storages) this.#backend.release(storage);
  }

  #dense(shape: readonly [number, number]): Operand {
    const handle = this.#alloc({ kind: "dense", dtype: "f32", length: shape[0] * shape[1] });
    return { handle, layout: contiguousLayout(shape), dtype: "f32" };
  }

  #alloc(spec: StorageSpec): StorageHandle {
    const storage = this.#backend.alloc(spec);
    this.#storages.push(storage);
    return storage;
  }
}

/** N rows of any levels, with scales of 2⁻⁷ to 2⁻⁶. */
function blocksOf(format: QuantFormatName): Uint8Array {
  const { blockBytes, halves } = quantFormats[format];
  const blocks = Uint8Array.from({ length: N * quantRowBytes(format, K) }, (_, i) => (i * 151 + (i >> 3) * 37) & 255);
  for (let at = 0; at < blocks.length; at += blockBytes) for (const half of halves) blocks[at + half + 1] = 0x20;
  return blocks;
}
