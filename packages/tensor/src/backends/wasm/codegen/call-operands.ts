import type { Operand, QuantFormatName, QuantOperand, StorageSpec } from "../../../contract/operand.ts";
import { dtypes, type DType } from "../../../dtypes/dtype.ts";
import { ArgumentError } from "../../../errors.ts";
import { kernelFor } from "../../../contract/kernel-table.ts";
import type { OpName, OpSignatures } from "../../../contract/kernels.ts";
import { contiguousLayout, sizeOf } from "../../../layout.ts";
import { quantFormats } from "../../../quant/formats/index.ts";
import { quantRowBytes } from "../../../quant/row-bytes.ts";
import type { KernelContext } from "../kernel-context.ts";
import { createKernels } from "../kernels/index.ts";
import { quantBytes, writeBlocks } from "../quant-store.ts";
import { whole } from "../self-test/self-test-values.ts";
import { WasmStorage } from "../memory/storage.ts";

/** Values whose sums round: 5 decimal digits between −3 and 3, the same in every run. */
const value = (i: number): number => whole(i, 2999) / 1000;

/** Operands of one call with the same contents in every run, and the kernels to call. */
export class CallOperands {
  readonly #kernels: ReturnType<typeof createKernels>;
  readonly #context: KernelContext;
  readonly #storages: WasmStorage[] = [];

  constructor(context: KernelContext) {
    this.#context = context;
    this.#kernels = createKernels(context);
  }

  /** Carries out a call by the kernel that takes it. */
  call<K extends OpName>(
    op: K,
    out: Operand,
    inputs: OpSignatures[K]["inputs"],
    params: OpSignatures[K]["params"],
  ): void {
    const entry = kernelFor({ kernels: this.#kernels }, op, out.dtype, inputs, params, out);
    if (!entry) throw new ArgumentError("wasm", `the self-test finds no kernel of ${op} in ${out.dtype}`, { op });
    entry.run(out, inputs, params);
  }

  /** A result, zeros until it is written. */
  out(shape: readonly number[], dtype: DType = "f32"): Operand {
    const length = sizeOf(shape);
    const handle = this.#storage({ kind: "dense", dtype, length }, length * dtypes[dtype].bytes);
    return { handle, dtype, layout: contiguousLayout(shape) };
  }

  /** An input; `fn` gives its elements. */
  input(shape: readonly number[], dtype: DType = "f32", fn: (i: number) => number = value): Operand {
    const made = this.out(shape, dtype);
    const { array } = made.handle as WasmStorage;
    const { encode } = dtypes[dtype];
    for (let i = 0; i < array.length; i++) array[i] = encode(fn(i + 31 * this.#storages.length));
    return made;
  }

  /** An i32 input of given values. */
  values(values: readonly number[]): Operand {
    const made = this.out([values.length], "i32");
    (made.handle as WasmStorage).array.set(values);
    return made;
  }

  /** A matrix of arbitrary blocks with finite weights. */
  blocks(format: QuantFormatName, rows: number, columns: number): QuantOperand {
    const spec = { kind: "quant", format, rows, columns } as const;
    const handle = this.#storage(spec, quantBytes(spec));
    writeBlocks(this.#context, handle, spec, 0, finiteBlocks(format, rows, columns));
    return { handle, format, firstRow: 0, rows, columns };
  }

  /** Bytes of all operands; frees them. */
  take(): Uint8Array[] {
    return this.#storages.splice(0).map((storage) => {
      const bytes = storage.arena.u8.slice(storage.address, storage.address + storage.byteLength);
      storage.release();
      return bytes;
    });
  }

  #storage(spec: StorageSpec, bytes: number): WasmStorage {
    const storage = new WasmStorage(spec, this.#context.arena, bytes);
    storage.arena.u8.fill(0, storage.address, storage.address + bytes);
    this.#storages.push(storage);
    return storage;
  }
}

/** Arbitrary bits, but no f16 with the exponent of infinity: where there is one, bit 6 of all bytes is cleared. */
function finiteBlocks(format: QuantFormatName, rows: number, columns: number): Uint8Array {
  const { blockSize, blockBytes, dequantizeRow } = quantFormats[format];
  const bytes = new Uint8Array(rows * quantRowBytes(format, columns));
  for (let i = 0; i < bytes.length; i++) bytes[i] = whole(i, 127);
  const weights = new Float32Array(blockSize);
  for (let at = 0; at < bytes.length; at += blockBytes) {
    const block = bytes.subarray(at, at + blockBytes);
    dequantizeRow(block, weights);
    if (!weights.every(Number.isFinite)) block.forEach((byte, i) => (block[i] = byte & 0xbf));
  }
  return bytes;
}
