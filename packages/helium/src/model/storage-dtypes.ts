import type { Backend } from "@helium-lm/tensor";
import type { KvDType } from "@helium-lm/nn";

const table = { f32: true, bf16: true } as const;

/** How activations are kept between ops: f32, or bf16 rounded after each op as a bf16 model in PyTorch does. */
export type ComputeDType = keyof typeof table;

/** All names of `ComputeDType`. */
export const computeDTypes = Object.keys(table) as readonly ComputeDType[];

/** Slots up to which 16 bits cost little time and memory. */
const SHORT = 2048;

/**
 * Storage of keys and values where nobody asks for one: on a backend with kernels for 8-bit rows f16 for up to 2,048
 * slots and q8_0 beyond, elsewhere f32. docs/kv-cache.md has what was measured.
 */
export function usualKvDType({ kernels }: Backend, slots: number): KvDType {
  if (!kernels.int8Levels) return "f32";
  return slots <= SHORT ? "f16" : "q8_0";
}
