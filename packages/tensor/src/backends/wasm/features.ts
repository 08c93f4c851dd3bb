import type * as NodeV8 from "node:v8";
import { isNode, nodeModule } from "../../workers/node-module.ts";

/** What the engine can run; each is tried once, never sniffed from a version. */
export interface Features {
  readonly simd: boolean;
  readonly relaxedSimd: boolean;
  /** Shared memory and waiting on it: what threads need. */
  readonly sharedMemory: boolean;
}

const header = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/** A module of one function `() → v128` with the given body. */
const probe = (...body: number[]): Uint8Array<ArrayBuffer> =>
  new Uint8Array([
    ...header,
    ...[0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b],
    ...[0x03, 0x02, 0x01, 0x00],
    ...[0x0a, body.length + 4, 0x01, body.length + 2, 0x00, ...body, 0x0b],
  ]);

const zero = [0x41, 0x00, 0xfd, 0x0f];
/** i8x16.splat of i32.const 0 */
const simdProbe = probe(...zero);
/** f32x4.relaxed_madd of three such vectors */
const relaxedProbe = probe(...zero, ...zero, ...zero, 0xfd, 0x85, 0x02);

/**
 * V8 before 11.4 (Node 20) has relaxed SIMD behind a flag that may be set at run time, as long as it comes before the
 * module is compiled. It has no effect on anything else in the process.
 */
async function allowRelaxedSimd(): Promise<void> {
  if (!isNode() || Number.parseInt(process.versions.node, 10) > 20) return;
  const v8 = await nodeModule<typeof NodeV8>("v8");
  v8.setFlagsFromString("--experimental-wasm-relaxed-simd");
}

let known: Promise<Features> | undefined;

export function detectFeatures(): Promise<Features> {
  return (known ??= detect());
}

async function detect(): Promise<Features> {
  if (typeof WebAssembly !== "object") return { simd: false, relaxedSimd: false, sharedMemory: false };
  if (!WebAssembly.validate(relaxedProbe)) await allowRelaxedSimd();
  return {
    simd: WebAssembly.validate(simdProbe),
    relaxedSimd: WebAssembly.validate(relaxedProbe),
    sharedMemory: typeof SharedArrayBuffer === "function" && typeof Atomics === "object",
  };
}
