import type { Operand, StorageHandle } from "../../contract/operand.ts";
import { dtypes } from "../../dtypes/dtype.ts";
import { isContiguous, sizeOf, type Layout } from "../../layout.ts";
import type { Arena } from "./memory/arena.ts";
import type { Codegen } from "./codegen/choose.ts";
import { PARAMS, STATUS } from "./threads/control.ts";
import type { Executor } from "./threads/executor.ts";
import { planMove } from "./move-plan.ts";
import type { Build } from "./module.ts";
import type { KernelName } from "./kernel-names.ts";
import { wasmStorage } from "./memory/storage.ts";

/** Elements per unit of the element-wise kernels. */
export const ELEMENTS = 4096;

/** Bytes of a unit when bytes are copied. */
const COPIED = 2 ** 16;

/** What the kernels of the backend are written with: memory, parameters, commands. */
export class KernelContext {
  readonly arena: Arena;
  /** Rows of a unit of the attention kernels; the builds differ. */
  readonly attentionRows: number;
  readonly codegen: Codegen;
  readonly threads: number;
  readonly #executor: Executor;
  readonly #further = new Map<Arena, KernelContext>();
  readonly #temporaries: { address: number; bytes: number }[] = [];

  constructor(arena: Arena, executor: Executor, build: Build, codegen: Codegen = "plain") {
    this.arena = arena;
    this.attentionRows = build === "relaxed" ? 6 : 4;
    this.codegen = codegen;
    this.threads = executor.threads;
    this.#executor = executor;
  }

  /** As a parameter of kernels: 1 where sums of two vectors are one of 256 bits, so that twice as many fit into registers. */
  get wideCode(): 0 | 1 {
    return this.codegen === "wide" ? 1 : 0;
  }

  /** Lets this context's kernels use what lies in another memory. */
  join(other: KernelContext): void {
    this.#further.set(other.arena, other);
  }

  /** The context of the memory that an operand lies in. */
  at({ handle }: { readonly handle: StorageHandle }): KernelContext {
    const there = this.#further.get(wasmStorage(handle).arena);
    if (!there) return this;
    this.arena.recorded?.log.refuse("its weights lie in several memories");
    return there;
  }

  /** A temporary with bytes of another context's memory. */
  bring(from: KernelContext, address: number, bytes: number): number {
    const copy = this.temporary(bytes);
    this.arena.u8.set(from.arena.u8.subarray(address, address + bytes), copy);
    return copy;
  }

  /** Copies bytes to an address: what was lent from here on all threads, which share the work of touching new pages. */
  put(out: number, bytes: Uint8Array): void {
    const from = this.arena.recorded ? null : this.arena.addressOf(bytes);
    const units = from === null ? 0 : Math.floor(bytes.length / COPIED);
    if (from !== null && units > 0) {
      this.words(0, out, from, 1, COPIED, 1, 1, units);
      this.words(7, 0, 0, COPIED, 0, 0, COPIED, 1, 1);
      this.run("move", units, 4);
    }
    const done = units * COPIED;
    if (done < bytes.length) this.arena.u8.set(done === 0 ? bytes : bytes.subarray(done), out + done);
  }

  /** Runs `fn` and frees the temporaries it took. */
  scoped(fn: () => void): void {
    const before = this.#temporaries.length;
    try {
      fn();
    } finally {
      for (const { address, bytes } of this.#temporaries.splice(before)) this.arena.release(address, bytes);
    }
  }

  /** Memory until the end of the running `scoped`. */
  temporary(bytes: number): number {
    const address = this.arena.alloc(bytes);
    this.#temporaries.push({ address, bytes });
    return address;
  }

  /** Sets integer parameters (addresses, lengths, strides) from word `first` on. */
  words(first: number, ...values: number[]): void {
    const { i32, recorded } = this.arena;
    recorded?.log.reach(first + values.length);
    // Faster than `set` for a handful of numbers.
    for (let i = 0; i < values.length; i++) i32[PARAMS / 4 + first + i] = values[i];
  }

  /** Sets one f32 parameter. */
  float(index: number, value: number): void {
    this.arena.recorded?.log.reach(index + 1);
    this.arena.f32[PARAMS / 4 + index] = value;
  }

  run(kernel: KernelName, units: number, grain: number): void {
    const { recorded, i32 } = this.arena;
    recorded?.log.command(kernel, units, grain, i32);
    this.#executor.run(kernel, units, grain);
  }

  /** Whether a kernel has noted an index outside its table since this was last asked. */
  takeStatus(): boolean {
    const { i32 } = this.arena;
    const isSet = i32[STATUS / 4] !== 0;
    if (isSet) i32[STATUS / 4] = 0;
    return isSet;
  }

  /** Address of an operand's first element; what lies in another memory is brought here first. */
  address(x: Operand): number {
    const { address, byteLength } = wasmStorage(x.handle);
    const there = this.at(x);
    const start = there === this ? address : this.bring(there, address, byteLength);
    return start + x.layout.offset * dtypes[x.dtype].bytes;
  }

  /** Address of an operand's elements in row-major order; a strided one is copied. */
  dense(x: Operand): number {
    if (isContiguous(x.layout)) return this.address(x);
    const copy = this.temporary(sizeOf(x.layout.shape) * dtypes[x.dtype].bytes);
    this.move(copy, null, x);
    return copy;
  }

  /** As `dense`, in f32. */
  wide(x: Operand): number {
    const address = this.dense(x);
    if (x.dtype === "f32") return address;
    const size = sizeOf(x.layout.shape);
    const copy = this.temporary(4 * size);
    this.widen(copy, address, size, x.dtype === "f16" ? "f16" : "bf16");
    return copy;
  }

  widen(out: number, x: number, length: number, from: "f16" | "bf16"): void {
    this.words(0, out, x, 0, length);
    this.run(from === "f16" ? "widenF16" : "widenBf16", Math.ceil(length / ELEMENTS), 4);
  }

  narrowBf16(out: number, x: number, length: number): void {
    this.words(0, out, x, 0, length);
    this.run("narrowBf16", Math.ceil(length / ELEMENTS), 8);
  }

  /** Copies the elements of x as they are stored to `out`: contiguous, or by the strides of `target`. */
  move(out: number, target: Layout | null, x: Operand): void {
    this.moveBytes(out, target, this.address(x), x.layout, dtypes[x.dtype].bytes);
  }

  /** As `move`, from an address; both layouts count from their first element. */
  moveBytes(out: number, target: Layout | null, from: number, x: Layout, bytes: number): void {
    for (const { inner, outer, xSteps, outSteps, xOffset, outOffset } of planMove(x, target)) {
      const [a, b, c] = outer;
      this.words(0, out + outOffset * bytes, from + xOffset * bytes, bytes, inner, a, b, c);
      for (let axis = 0; axis < 3; axis++) {
        this.words(7 + axis, xSteps[axis] * bytes);
        this.words(10 + axis, outSteps[axis] * bytes);
      }
      this.words(13, xSteps[3] * bytes, outSteps[3] * bytes);
      this.run("move", outer[0] * outer[1] * outer[2], Math.ceil(16384 / Math.max(1, inner)));
    }
  }
}
