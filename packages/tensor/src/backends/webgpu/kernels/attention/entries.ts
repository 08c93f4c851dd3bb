import { kernelEntry, type KernelEntry } from "../../../../contract/kernel-table.ts";
import type { DType } from "../../../../dtypes/dtype.ts";
import { f32, floats } from "../../../host/accepts.ts";
import type { KernelContext } from "../../kernel-context.ts";
import { createAttention } from "./index.ts";

const i32: readonly DType[] = ["i32"];
const i8: readonly DType[] = ["i8"];

/** Attention on keys and values in floats, and in 8 bits with scales; where the device has a place for every operand. */
export const attentionKernels = (context: KernelContext): readonly KernelEntry<"attention">[] => {
  const places = { tables: i32, queryStarts: i32, lengths: i32, mask: [...floats, "bool"] as const };
  return [
    kernelEntry<"attention">(
      [
        { out: f32, q: f32, keys: floats, values: floats, ...places },
        { out: f32, q: f32, keys: i8, values: i8, keyScales: f32, valueScales: f32, ...places },
      ],
      createAttention(context),
      {
        says: `at most ${context.device.limits.storages - 1} inputs`,
        holds: (inputs) =>
          Object.values(inputs).filter((one) => one !== undefined).length < context.device.limits.storages,
      },
    ),
  ];
};
