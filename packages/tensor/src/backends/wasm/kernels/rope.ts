import type { Operand } from "../../../backend.ts";
import type { FusedKernels } from "../../../kernels.ts";
import type { Device } from "../device.ts";

const solidRows = ({ layout: { shape, strides } }: Operand): boolean =>
  shape[shape.length - 1] <= 1 || strides[strides.length - 1] === 1;

export const createRope =
  (device: Device): FusedKernels["rope"] =>
  (out, { x, cos, sin }, { pairing }) =>
    device.scoped(() => {
      const [B, H, T, D] = x.layout.shape as [number, number, number, number];
      const half = cos.layout.shape[2];
      const [xAddress, ...xSteps] = rows(device, x);
      const [cosAddress, ...steps] = rows(device, cos);
      const [sinAddress, ...sinSteps] = rows(device, sin);
      const together = steps.every((step, axis) => step === sinSteps[axis]);
      const shared = [B > 1 ? steps[0] : 0, T > 1 ? steps[1] : 0];
      if (!together) {
        // Tables of one layout: copies of both.
        const [c, s] = [copyOf(device, cos), copyOf(device, sin)];
        device.words(0, device.address(out), xAddress, c, s);
        shared.splice(0, 2, 4 * T * half, 4 * half);
      } else device.words(0, device.address(out), xAddress, cosAddress, sinAddress);
      device.words(4, H, T, D, half, pairing === "half" ? 1 : 0, ...xSteps, ...shared);
      device.run("rope", B * H * T, Math.ceil(16384 / Math.max(1, D)));
    });

/** Address of the first row and the steps of the outer axes in bytes; rows that are strided are copied. */
function rows(device: Device, x: Operand): number[] {
  if (solidRows(x)) return [device.address(x), ...x.layout.strides.slice(0, -1).map((stride) => 4 * stride)];
  const { shape } = x.layout;
  const steps = shape.slice(0, -1).map((_, axis) => 4 * shape.slice(axis + 1).reduce((product, n) => product * n, 1));
  return [device.dense(x), ...steps];
}

function copyOf(device: Device, x: Operand): number {
  const copy = device.temporary(4 * x.layout.shape.reduce((product, n) => product * n, 1));
  device.move(copy, null, x);
  return copy;
}
