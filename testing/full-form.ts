/**
 * What the full form of the tests (`npm test -- --full`, and `.ci/run`) leaves to the long one, `npm run soak -- tests`, which
 * leaves out nothing. The short form leaves it out too. This table is the only place that decides; a test asks with
 * `isLeftToSoak`.
 */
export const leftToSoak = {
  "draws on reference": "12 of 20 drawn calls per conformance test of the reference, which is held to 5,000 at times",
  "draws in pages": "the last of 3 drawn calls per conformance test of gpujs in webgl2 and webgpu",
  "other dtypes in webasm": "conformance of gpujs in webasm in f16, bf16, integers and bool; those of mode cpu stay",
  "WebGPU in Node": "of gpujs on WebGPU in Node, all conformance tests but the values; those in Chromium stay",
  "webgpu in Node": "of webgpu in Node, all conformance tests but the values in f32; those in Chromium stay",
  "webgpu with optional features":
    "of webgpu with optional features, all conformance tests but the values of quantMatmul in f32 with q4_0 and q8_0",
  "webgpu on lavapipe":
    "of webgpu on lavapipe, all conformance tests but some values of cast, linear, quantMatmul and int8Levels",
  "joint products on webgpu":
    "of webgpu, conformance of projections and gatedProjection in 8 of 15 formats; of the others, 3 run in Chromium and 4 in Node",
} as const;

export type LeftToSoak = keyof typeof leftToSoak;

/** Set by scripts/tests/run-tests.ts; without it, as when vitest is started by itself, tests have their long form. */
const form = process.env["HELIUM_LM_TESTS"];

/** True where the form that runs leaves this to `npm run soak -- tests`. */
export const isLeftToSoak = (part: LeftToSoak): boolean => (form === "short" || form === "full") && part in leftToSoak;

/** What the full form says at its end. */
export const fullFormSummary = (): string =>
  ["Full form. It leaves to `npm run soak -- tests`:", ...Object.values(leftToSoak).map((says) => `  - ${says}`)].join(
    "\n",
  );
