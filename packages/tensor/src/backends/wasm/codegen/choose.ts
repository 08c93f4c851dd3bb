import type * as NodeFs from "node:fs";
import { ArgumentError } from "../../../errors.ts";
import { isNode, nodeModule } from "../../../workers/node-module.ts";
import { wideEngineOf, type WideVerdict } from "./engines.ts";

/** How the engine compiles the kernels: `wide` = with 256-bit operations where it finds pairs, `plain` = as written. */
export type Codegen = "wide" | "plain";

export interface CodegenChoice {
  readonly codegen: Codegen;
  /** Why the code is plain although nobody asked for plain code. */
  readonly reason?: string;
}

/** What decides whether wide code can be had. */
export interface CodegenPlatform {
  /** Name of the runtime, "Node" where it is that. */
  readonly runtime: string;
  /** Version of V8, "" where there is none. */
  readonly v8: string;
  readonly arch: string;
  /** Whether the processor has AVX2; null = not known. */
  readonly avx2: boolean | null;
}

const options: readonly string[] = ["auto", "wide", "plain"];

/**
 * What to compile for an option. `auto` is plain: a library sets no flags of its user's process unasked.
 *
 * @throws ArgumentError for another value
 */
export async function chooseCodegen(option: "auto" | Codegen, platform = thisPlatform): Promise<CodegenChoice> {
  if (!options.includes(option))
    throw new ArgumentError("wasm", `codegen is ${JSON.stringify(option)}; expected ${options.join(", ")}`, {
      given: option,
      expected: options,
    });
  if (option === "plain") return { codegen: "plain" };
  if (option === "auto")
    return { codegen: "plain", reason: 'a library sets no V8 flags unasked; codegen: "wide" asks for 256-bit code' };
  const reason = wideRefusal(await platform());
  return reason === null ? { codegen: "wide" } : { codegen: "plain", reason };
}

const verdicts: Readonly<Record<WideVerdict, string | null>> = {
  gains: null,
  "no-gain": "compiles pairs of 128-bit operations, but gains nothing by it",
  lacks: "has no 256-bit code for WebAssembly",
  wrong: "is known to be wrong in 256-bit code for WebAssembly",
  untried: "is newer than the versions whose 256-bit code was tried",
};

/** Why an engine gives no wide code, or null. */
export function wideRefusal({ runtime, v8, arch, avx2 }: CodegenPlatform): string | null {
  if (runtime !== "Node") return `256-bit code needs a V8 flag, which only Node lets a program set; this is ${runtime}`;
  if (arch !== "x64") return `V8 has 256-bit code for x64 only; this is ${arch}`;
  if (avx2 === false) return "this processor has no AVX2, so no 256-bit integer operations";
  const said = verdicts[wideEngineOf(v8).verdict];
  return said === null ? null : `V8 ${v8} ${said}`;
}

/** Runtimes that mimic Node's `process`, by the key of their version. */
const mimics: readonly (readonly [key: string, name: string])[] = [
  ["bun", "Bun"],
  ["deno", "Deno"],
  ["electron", "Electron"],
];

async function thisPlatform(): Promise<CodegenPlatform> {
  if (!isNode()) return { runtime: "a page", v8: "", arch: "", avx2: null };
  const mimic = mimics.find(([key]) => process.versions[key] !== undefined);
  const { v8 } = process.versions;
  return { runtime: mimic?.[1] ?? "Node", v8, arch: process.arch, avx2: await hasAvx2() };
}

/** As Linux tells it. */
async function hasAvx2(): Promise<boolean | null> {
  if (process.platform !== "linux") return null;
  const { readFileSync } = await nodeModule<typeof NodeFs>("fs");
  try {
    const flags = /^flags\s*:(.*)$/m.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1];
    return flags === undefined ? null : ` ${flags} `.includes(" avx2 ");
  } catch {
    return null;
  }
}
