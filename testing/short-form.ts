import { filesLeftOut } from "./short-form-files.ts";

/**
 * What the short form of the tests (`npm test`) leaves out, beside what the full form (`npm test -- --full`, and `.ci/run`)
 * leaves to the long one. This table and that of whole files are the only places that decide; a test asks with `isCut`.
 */
export const cuts = {
  "conformance draws": "all but one of up to 20 drawn calls per conformance test; the pinned calls stay",
  "wasm setups": "conformance of wasm with three of its four pairs of build and threads",
  "software GPUs":
    "of gpujs in mode cpu, all conformance tests but the values in f32; in its other modes, all but those of matmul",
  "heads in webgl2": "the model's heads on gpujs in webgl2; those in webgpu stay",
  "wide tensors in webgl2":
    "positions beyond 2^21 and blocks beyond 2^24 floats on gpujs in webgl2; those in webgpu stay",
  "reference conformance": "of reference, all conformance tests but those in f32",
  "example backend": "of the example backend, all conformance tests but those in f16",
  "family draws": "three of four drawn models per family and check",
  "family faults": "seven of eight planted mistakes that the family suite must find",
  "reference model": "helium-nano on the reference backend",
  "keys and values on cpu": "helium-nano's keys and values in few bits on cpu; those on wasm stay",
  "quantised on gpujs": "helium-nano in q8_0 and q4_0 on gpujs",
  "families on webgpu":
    "tiny models of 19 of 20 families on the webgpu backend, two of three dtypes of helium-nano, and matrices in several buffers",
  "long texts in pages": "28 of 32 tokens of helium-nano on gpujs in Chromium",
  "special values in webgl2": "special values of all ops on gpujs in webgl2; those in webgpu stay",
  "MMLU of helium-nano": "log-likelihoods of helium-nano on the 57 subjects of MMLU; those on 23 other tasks stay",
  "log-likelihoods of families": "log-likelihoods of two of three tiny families",
  "JSON-Schema-Test-Suite": "three of four groups of the JSON-Schema-Test-Suite",
  "drawn tool calls": "eleven of twelve answers for each format of tool calls and kind of choice",
  "repeated races": "27 of 30 rounds in which two pages fetch at once",
} as const;

export type Cut = keyof typeof cuts;

/** Set by scripts/test.mjs; without it, as when vitest is started by itself, tests have their full form. */
const isShort = process.env["HELIUM_LM_TESTS"] === "short";

/** True where the form that runs leaves this out. */
export const isCut = (cut: Cut): boolean => isShort && cut in cuts;

/** What the short form says at its end. */
export const shortFormSummary = (): string =>
  [
    "Short form. It leaves out, and `npm test -- --full` runs too:",
    ...[...Object.values(cuts), ...Object.keys(filesLeftOut)].map((says) => `  - ${says}`),
    "`npm run soak -- tests` runs what that leaves out too.",
  ].join("\n");
