import type { KernelContext } from "./kernel-context.ts";
import { mergeBytes } from "./kernels/merge-bytes.ts";
import type { WebGpuStorage } from "./storage.ts";

/**
 * Copies bytes of the host into a storage. What the queue writes comes before all that is not submitted yet, so that work
 * on the storage is submitted first. The queue writes whole words; bytes between words go through a kernel.
 */
export function uploadBytes(context: KernelContext, storage: WebGpuStorage, offset: number, bytes: Uint8Array): void {
  if (bytes.length === 0) return;
  const { commands } = context.parts;
  const end = offset + bytes.length;
  commands.writes(storage);
  if (offset % 4 === 0 && (end % 4 === 0 || end === storage.byteLength)) {
    if (commands.isPending(storage.buffer)) commands.flush();
    if (offset === 0 && end === storage.byteLength) [storage.failure, storage.checks] = [null, []];
    return writeWords(context, storage.buffer.gpu, offset, bytes);
  }
  context.scoped(() => {
    const words = context.temporary(Math.ceil(bytes.length / 4) * 4);
    if (commands.isPending(words.temporary)) commands.flush();
    writeWords(context, words.temporary.gpu, 0, bytes);
    mergeBytes(context, { handle: storage }, offset, words, bytes.length);
  });
}

function writeWords(context: KernelContext, buffer: GPUBuffer, offset: number, bytes: Uint8Array): void {
  const { queue } = context.device.gpu;
  const whole = bytes.length - (bytes.length % 4);
  if (whole > 0) queue.writeBuffer(buffer, offset, bytes, 0, whole);
  if (whole === bytes.length) return;
  const last = new Uint8Array(4);
  last.set(bytes.subarray(whole));
  queue.writeBuffer(buffer, offset + whole, last);
}
