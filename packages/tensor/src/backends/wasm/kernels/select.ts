import { dtypes } from "../../../dtypes/dtype.ts";
import { ArgumentError } from "../../../errors.ts";
import type { Kernel } from "../../../contract/kernels.ts";
import { arrayOf } from "../../host/host-memory.ts";
import { STATUS } from "../threads/control.ts";
import type { Device } from "../device.ts";
import { grain } from "./rows.ts";

export const createTopk =
  (device: Device): Kernel<"topk"> =>
  (out, { x }, { k }) =>
    device.scoped(() => {
      const [M, C] = x.layout.shape;
      device.words(0, device.address(out), device.dense(x), k, 0, C);
      device.run("topk", M, grain(C));
    });

/** @throws ArgumentError for a position outside the row, which the kernel notes */
export const createTakeFromRows =
  (device: Device): Kernel<"takeFromRows"> =>
  (out, { x, indices }) => {
    const [M, R] = x.layout.shape;
    const [, S] = indices.layout.shape;
    device.scoped(() => {
      const [from, picks] = [device.dense(x), device.dense(indices)];
      device.words(0, device.address(out), from, picks, R, S, dtypes[x.dtype].bytes, STATUS);
      device.run("takeFromRows", M, grain(S));
    });
    if (!device.takeStatus()) return;
    const stored = arrayOf(indices.handle);
    const { offset, strides } = indices.layout;
    for (let m = 0; m < M; m++)
      for (let s = 0; s < S; s++) {
        const index = stored[offset + m * strides[0] + s * strides[1]];
        if (index < 0 || index >= R)
          throw new ArgumentError("takeFromRows", `index ${index} of row ${m} is outside [0, ${R})`, {
            index,
            length: R,
          });
      }
  };
