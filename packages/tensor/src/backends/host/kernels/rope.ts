import type { Operand } from "../../../contract/operand.ts";
import type { Kernel, RopePairing } from "../../../contract/kernels.ts";
import { arrayOf } from "../host-memory.ts";
import { loads, stores } from "../lanes.ts";
import type { Scratch } from "../scratch.ts";

type Turn = (row: Float64Array, cos: Float64Array, sin: Float64Array, half: number) => void;

const turns: { readonly [K in RopePairing]: Turn } = {
  half(row, cos, sin, half) {
    for (let i = 0; i < half; i++) {
      const a = row[i];
      const b = row[i + half];
      row[i] = a * cos[i] - b * sin[i];
      row[i + half] = b * cos[i] + a * sin[i];
    }
  },
  interleaved(row, cos, sin, half) {
    for (let i = 0; i < half; i++) {
      const a = row[2 * i];
      const b = row[2 * i + 1];
      row[2 * i] = a * cos[i] - b * sin[i];
      row[2 * i + 1] = b * cos[i] + a * sin[i];
    }
  },
};

/** The angles of a token are loaded once for all its heads. */
export function createRope(scratch: Scratch): Kernel<"rope"> {
  const loadAngles = (lanes: Float64Array, { handle, dtype, layout }: Operand, row: number): void => {
    const { shape, strides, offset } = layout;
    loads[dtype](lanes, 0, shape[1], arrayOf(handle), offset + row * strides[0], strides[1]);
  };

  return (out, { x, cos, sin, positions }, { pairing }) => {
    const [N, H, D] = x.layout.shape;
    const [xN, xH, xD] = x.layout.strides;
    const [M, half] = cos.layout.shape;
    const row = scratch.take("row", D);
    const c = scratch.take("weight", half);
    const s = scratch.take("bias", half);
    const source = arrayOf(x.handle);
    const target = arrayOf(out.handle);
    const places = arrayOf(positions.handle);
    const [placeStride] = positions.layout.strides;
    const load = loads[x.dtype];
    const store = stores[out.dtype];
    const turn = turns[pairing];
    for (let n = 0; n < N; n++) {
      const position = Math.max(0, Math.min(places[positions.layout.offset + n * placeStride], M - 1));
      loadAngles(c, cos, position);
      loadAngles(s, sin, position);
      for (let h = 0; h < H; h++) {
        load(row, 0, D, source, x.layout.offset + n * xN + h * xH, xD);
        turn(row, c, s, half);
        store(row, 0, D, target, out.layout.offset + (n * H + h) * D, 1);
      }
    }
  };
}
