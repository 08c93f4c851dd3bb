import type { KernelContext } from "../kernel-context.ts";
import type { WasmStorage } from "../memory/storage.ts";

/** Halves of a unit of the kernel. */
const HALVES = 32_768;

/** Sets the word at `found` to 1 if one of `length` halves is infinite or NaN. */
export function findSpecialHalves(context: KernelContext, halves: number, length: number, found: number): void {
  context.words(0, halves, found, length);
  context.run("findSpecialHalves", Math.ceil(length / HALVES), 4);
}

/** Sets the mark of a storage if halves that were written into it are not all finite; whether others are is as it was. */
export function noteWritten(context: KernelContext, { mark }: WasmStorage, halves: number, length: number): void {
  if (mark !== 0) findSpecialHalves(context, halves, length, mark);
}

/** As `noteWritten`, of bytes at an offset; where they are all there is, they alone decide. */
export function markWritten(context: KernelContext, storage: WasmStorage, offset: number, bytes: number): void {
  if (bytes === storage.byteLength) storage.markHalves(true);
  if (offset % 2 !== 0) return storage.markHalves(false);
  noteWritten(context, storage, storage.address + offset, Math.ceil(bytes / 2));
}
