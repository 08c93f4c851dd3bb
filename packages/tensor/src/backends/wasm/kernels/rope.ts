import type { Operand } from "../../../backend.ts";
import type { FusedKernels } from "../../../kernels.ts";
import { sizeOf } from "../../../layout.ts";
import type { Device } from "../device.ts";

const solidRows = ({ layout: { shape, strides } }: Operand): boolean =>
  shape[shape.length - 1] <= 1 || strides[strides.length - 1] === 1;

/** Cosines and sines by steps from one row and position to the next, in bytes; 0 = the same row for all. */
interface Tables {
  readonly cos: number;
  readonly sin: number;
  readonly steps: readonly [number, number];
}

export const createRope =
  (device: Device): FusedKernels["rope"] =>
  (out, { x, cos, sin }, { pairing }) =>
    device.scoped(() => {
      const [B, H, T, D] = x.layout.shape as [number, number, number, number];
      const half = cos.layout.shape[2];
      const inPlace = solidRows(x);
      const from = inPlace ? device.address(x) : device.dense(x);
      const steps = inPlace ? x.layout.strides : [H * T * D, T * D, D];
      const tables = tablesOf(device, cos, sin);
      device.words(0, device.address(out), from, tables.cos, tables.sin);
      device.words(4, H, T, D, half, pairing === "half" ? 1 : 0, 4 * steps[0], 4 * steps[1], 4 * steps[2]);
      device.words(12, B > 1 ? tables.steps[0] : 0, T > 1 ? tables.steps[1] : 0);
      device.run("rope", B * H * T, Math.ceil(16384 / Math.max(1, D)));
    });

/** In place where both lie alike in solid rows, else copied. */
function tablesOf(device: Device, cos: Operand, sin: Operand): Tables {
  const [b, t] = cos.layout.strides;
  if (solidRows(cos) && solidRows(sin) && b === sin.layout.strides[0] && t === sin.layout.strides[1])
    return { cos: device.address(cos), sin: device.address(sin), steps: [4 * b, 4 * t] };
  const [, T, half] = cos.layout.shape;
  return { cos: copyOf(device, cos), sin: copyOf(device, sin), steps: [4 * T * half, 4 * half] };
}

function copyOf(device: Device, x: Operand): number {
  const copy = device.temporary(4 * sizeOf(x.layout.shape));
  device.move(copy, null, x);
  return copy;
}
