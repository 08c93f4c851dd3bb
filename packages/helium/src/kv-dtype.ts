import type { Backend } from "@helium-lm/tensor";
import type { KvDType } from "@helium-lm/nn";

/** Slots up to which 16 bits cost little memory; models of few parameters feel 8-bit keys most in short texts. */
const SHORT = 2048;

/**
 * Storage of keys and values where nobody asks for one: on a backend with kernels for 8-bit rows bf16 for up to 2,048
 * slots and q8_0 beyond, elsewhere f32.
 */
export function usualKvDType({ kernels }: Backend, slots: number): KvDType {
  if (!kernels.int8Levels) return "f32";
  return slots <= SHORT ? "bf16" : "q8_0";
}
