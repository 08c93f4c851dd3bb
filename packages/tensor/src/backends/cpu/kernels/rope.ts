import type { Operand } from "../../../backend.ts";
import type { Kernel, RopePairing } from "../../../kernels.ts";
import { arrayOf } from "../../host-memory.ts";
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

/** The angles of a position are loaded once for all heads. */
export function createRope(scratch: Scratch): Kernel<"rope"> {
  const loadAngles = (lanes: Float64Array, x: Operand, b: number, t: number): void => {
    const { shape, strides, offset } = x.layout;
    const at = offset + b * strides[0] + t * strides[1];
    loads[x.dtype](lanes, 0, shape[2], arrayOf(x.handle), at, strides[2]);
  };

  return (out, { x, cos, sin }, { pairing }) => {
    const [B, H, T, D] = x.layout.shape;
    const [xB, xH, xT, xD] = x.layout.strides;
    const half = cos.layout.shape[2];
    const row = scratch.take("row", D);
    const c = scratch.take("weight", half);
    const s = scratch.take("bias", half);
    const source = arrayOf(x.handle);
    const target = arrayOf(out.handle);
    const load = loads[x.dtype];
    const store = stores[out.dtype];
    const turn = turns[pairing];
    for (let b = 0; b < B; b++) {
      for (let t = 0; t < T; t++) {
        loadAngles(c, cos, b, t);
        loadAngles(s, sin, b, t);
        for (let h = 0; h < H; h++) {
          load(row, 0, D, source, x.layout.offset + b * xB + h * xH + t * xT, xD);
          turn(row, c, s, half);
          store(row, 0, D, target, out.layout.offset + ((b * H + h) * T + t) * D, 1);
        }
      }
    }
  };
}
