import { dtypes } from "../../../dtypes/dtype.ts";
import type { Kernel } from "../../../contract/kernels.ts";
import { sizeOf } from "../../../layout.ts";
import { wasmStorage } from "../memory/storage.ts";

/** From here on a number is an infinity as f16. */
const OVERFLOW = 65_520;

/** The engine's own fill, at the speed of memory; recorded work gets the values as bytes that the host wrote. */
export const fill: Kernel<"fill"> = (out, _, { value }) => {
  const { layout, dtype } = out;
  const { bytes, encode, view } = dtypes[dtype];
  const storage = wasmStorage(out.handle);
  const { arena, address, spec } = storage;
  const [start, size] = [address + layout.offset * bytes, sizeOf(layout.shape)];
  view(arena.memory.buffer, start, size).fill(encode(value));
  const isWhole = spec.kind === "dense" && size === spec.length;
  storage.markHalves(isWhole && Math.abs(value) < OVERFLOW);
  arena.recorded?.log.write(start, arena.u8.subarray(start, start + size * bytes));
};
