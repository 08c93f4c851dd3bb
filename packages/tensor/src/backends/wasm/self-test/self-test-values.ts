import type { KernelContext } from "../kernel-context.ts";

/** Small whole numbers with signs, the same in every run. */
export const whole = (i: number, range: number): number => (((i * 2654435761) >>> 7) % (2 * range + 1)) - range;

export const near = (got: number, want: number, bound: number): boolean => Math.abs(got - want) <= bound;

/** Memory for `length` f32 with the values of `fn`; its address. */
export function floats(context: KernelContext, length: number, fn: (i: number) => number): number {
  const address = context.temporary(4 * length);
  for (let i = 0; i < length; i++) context.arena.f32[address / 4 + i] = fn(i);
  return address;
}

export const f32At = (context: KernelContext, address: number, i: number): number => context.arena.f32[address / 4 + i];
