import type { ArgumentType, GpuJsArray, GpuJsFunction } from "./library.ts";

/** A run of f32 values on the device. Never changed once made; shared by reference count. */
export interface DeviceArray {
  readonly value: GpuJsArray;
  readonly length: number;
  references: number;
}

/** A kernel's source with the values of its arguments; kernels are cached by source and types. */
export interface Program {
  readonly source: string;
  readonly functions: readonly GpuJsFunction[];
  /** `"array"` stands for whatever the mode calls a device array. */
  readonly types: readonly (ArgumentType | "array")[];
  readonly values: readonly (DeviceArray | Float32Array | number)[];
}
