import type { Operand } from "../../../contract/operand.ts";
import type { FusedKernels } from "../../../contract/kernels.ts";
import { sizeOf } from "../../../layout.ts";
import type { Device } from "../device.ts";
import type { KernelName } from "../kernel-names.ts";

export const createInt8Scales =
  (device: Device): FusedKernels["int8Scales"] =>
  (out, { x }) =>
    device.scoped(() => run(device, "int8Scales", out, x, 0));

export const createInt8Levels =
  (device: Device): FusedKernels["int8Levels"] =>
  (out, { x, scales }) =>
    device.scoped(() => run(device, "int8Levels", out, x, device.dense(scales)));

function run(device: Device, kernel: KernelName, out: Operand, x: Operand, scales: number): void {
  const { shape } = x.layout;
  const D = shape[shape.length - 1];
  device.words(0, device.address(out), device.dense(x), scales, D);
  device.run(kernel, sizeOf(shape.slice(0, -1)), Math.ceil(16_384 / D));
}
