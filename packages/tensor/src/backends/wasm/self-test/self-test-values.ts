import type { Device } from "../device.ts";

/** Small whole numbers with signs, the same in every run. */
export const whole = (i: number, range: number): number => (((i * 2654435761) >>> 7) % (2 * range + 1)) - range;

export const near = (got: number, want: number, bound: number): boolean => Math.abs(got - want) <= bound;

/** Memory for `length` f32 with the values of `fn`; its address. */
export function floats(device: Device, length: number, fn: (i: number) => number): number {
  const address = device.temporary(4 * length);
  for (let i = 0; i < length; i++) device.arena.f32[address / 4 + i] = fn(i);
  return address;
}

export const f32At = (device: Device, address: number, i: number): number => device.arena.f32[address / 4 + i];
