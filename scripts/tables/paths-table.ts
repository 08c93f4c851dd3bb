import { createGpuJsBackend } from "../../packages/tensor/src/backends/gpujs/index.ts";
import { createWasmBackend } from "../../packages/tensor/src/backends/wasm/index.ts";
import type { Backend } from "../../packages/tensor/src/contract/backend.ts";
import type { KernelEntry } from "../../packages/tensor/src/contract/kernel-table.ts";
import type { OpName } from "../../packages/tensor/src/contract/kernels.ts";
import { declaredPaths, type DeclaredPaths, type Walked } from "../../testing/conformance/declared-paths.ts";
import { createIdleWebGpu } from "../../testing/conformance/idle-webgpu.ts";

const backends: readonly Walked[] = ["reference", "cpu", "wasm", "webgpu", "gpujs"];

/** The declared paths and what kernels ask for besides, as a section of the conformance page. */
export async function pathsMarkdown(): Promise<string> {
  const rows = Object.entries(declaredPaths).flatMap(([op, lines]) => lines.map((line) => row(op, line, lines.length)));
  return [
    "## Paths",
    "",
    "How each op runs on contiguous tensors, by dtype of its first input and by what else tells kinds apart; a line is about",
    "what no line of the op above it is about. `packages/tensor/test/conformance/paths.test.ts` dispatches all of it and fails where a path",
    "is another one. `host`: in JavaScript, on a backend whose own kernels run elsewhere; `expanded`: the backend keeps no",
    "matrices of that format, so that a load makes floats of them. `strict` of `configureDispatch` lets only `kernel` pass.",
    "",
    `| op | of | ${backends.map((name) => `\`${name}\``).join(" | ")} |`,
    `|---|---|${backends.map(() => "---").join("|")}|`,
    ...rows,
    "",
    "What a kernel asks for besides; other calls take the next path:",
    "",
    ...(await conditions()),
    "",
    "`webgpu` is walked on a device with the least limits that WebGPU allows, but for ten storages a kernel.",
    "",
  ].join("\n");
}

function row(op: string, { dtypes, variants, paths }: DeclaredPaths, lines: number): string {
  const rest = lines === 1 ? "all" : "all else";
  const of = [dtypes?.join(" "), variants?.join(" ")].filter(Boolean).join(": ") || rest;
  return `| ${op} | ${of} | ${backends.map((name) => paths[name]).join(" | ")} |`;
}

async function conditions(): Promise<string[]> {
  const lines: string[] = [];
  const [wasm, gpujs] = [await createWasmBackend({ threads: 1 }), await createGpuJsBackend({ mode: "cpu" })];
  for (const backend of [wasm, createIdleWebGpu(), gpujs]) {
    lines.push(...conditionsOf(backend));
    backend.dispose();
  }
  return lines;
}

function conditionsOf({ name, kernels }: Backend): string[] {
  return (Object.keys(kernels) as OpName[]).flatMap((op) => {
    const entries: readonly Omit<KernelEntry<OpName>, "run">[] = kernels[op] ?? [];
    // Where another kernel takes the same without asking for more, none of the calls takes another path.
    const isNeeded = ({ accepts, path }: (typeof entries)[number]): boolean =>
      !entries.some((other) => other.accepts === accepts && other.path === path && !other.when);
    return entries.flatMap((entry) =>
      entry.when && isNeeded(entry) ? [`- \`${name}\` ${op}: ${entry.when.says}`] : [],
    );
  });
}
