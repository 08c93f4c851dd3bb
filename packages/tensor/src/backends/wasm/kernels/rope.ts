import type { Operand } from "../../../contract/operand.ts";
import type { FusedKernels } from "../../../contract/kernels.ts";
import type { Device } from "../device.ts";

const solidRows = ({ layout: { shape, strides } }: Operand): boolean =>
  shape[shape.length - 1] <= 1 || strides[strides.length - 1] === 1;

export const createRope =
  (device: Device): FusedKernels["rope"] =>
  (out, { x, cos, sin, positions }, { pairing }) =>
    device.scoped(() => {
      const [N, H, D] = x.layout.shape as [number, number, number];
      const [M, half] = cos.layout.shape as [number, number];
      const inPlace = solidRows(x);
      const from = inPlace ? device.address(x) : device.dense(x);
      const steps = inPlace ? x.layout.strides : [H * D, D];
      const [c, s, places] = [table(device, cos), table(device, sin), device.dense(positions)];
      device.words(0, device.address(out), from, c.address, s.address, places);
      device.words(5, H, D, half, M, pairing === "half" ? 1 : 0, 4 * steps[0], 4 * steps[1], 4 * c.step, 4 * s.step);
      device.run("rope", N * H, Math.ceil(16384 / Math.max(1, D)));
    });

/** A table in place where its rows are solid, else copied; elements from one row to the next. */
function table(device: Device, x: Operand): { readonly address: number; readonly step: number } {
  if (solidRows(x)) return { address: device.address(x), step: x.layout.strides[0] };
  return { address: device.dense(x), step: x.layout.shape[1] };
}
