import { dtypes } from "../../../dtype.ts";
import type { Kernel } from "../../../kernels.ts";
import { sizeOf } from "../../../layout.ts";
import { wasmStorage } from "../storage.ts";

/** The engine's own fill, at the speed of memory; recorded work gets the values as bytes that the host wrote. */
export const fill: Kernel<"fill"> = (out, _, { value }) => {
  const { layout, dtype } = out;
  const { bytes, encode, view } = dtypes[dtype];
  const { arena, address } = wasmStorage(out.handle);
  const [start, size] = [address + layout.offset * bytes, sizeOf(layout.shape)];
  view(arena.memory.buffer, start, size).fill(encode(value));
  arena.recorded?.log.write(start, arena.u8.subarray(start, start + size * bytes));
};
