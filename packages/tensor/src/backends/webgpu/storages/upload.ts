import type { KernelContext, Recorded } from "../kernel-context.ts";
import { mergeBytes } from "../kernels/merge-bytes.ts";
import type { WebGpuStorage } from "./storage.ts";

/** Bytes that the host may write at once in recorded work; more than scalars and small tables is not the work of a step. */
const MOST_CONSTANT = 2 ** 16;

/**
 * Copies bytes of the host into a storage. What the queue writes comes before all that is not submitted yet, so that work
 * on the storage is submitted first. The queue writes whole words; bytes between words go through a kernel.
 */
export function uploadBytes(context: KernelContext, storage: WebGpuStorage, offset: number, bytes: Uint8Array): void {
  if (bytes.length === 0) return;
  const { commands } = context.parts;
  const end = offset + bytes.length;
  if (context.recorded) return replayBytes(context, context.recorded, storage, offset, bytes);
  if (offset % 4 === 0 && (end % 4 === 0 || end === storage.byteLength)) {
    if (commands.isPending(storage.buffer)) commands.flush();
    const isWhole = offset === 0 && end === storage.byteLength;
    if (isWhole) storage.renew();
    commands.uploads(storage, storage.buffer, isWhole);
    return commands.upload(storage.buffer, bytes, offset);
  }
  context.scoped(() => {
    const words = context.temporary(Math.ceil(bytes.length / 4) * 4);
    if (commands.isPending(words.temporary)) commands.flush();
    commands.upload(words.temporary, bytes);
    mergeBytes(context, { handle: storage, bytes: bytes.length }, offset, words, bytes.length);
  });
}

/** In recorded work the host's bytes are a constant, from which a kernel copies them in every run. */
function replayBytes(
  context: KernelContext,
  { log, constant }: Recorded,
  storage: WebGpuStorage,
  offset: number,
  bytes: Uint8Array,
): void {
  if (bytes.length > MOST_CONSTANT) log.refuse(`${bytes.length} bytes are written by the host`);
  const { length } = bytes;
  mergeBytes(
    context,
    { handle: storage, bytes: length },
    offset,
    { temporary: constant(bytes), bytes: length },
    length,
  );
}
