import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  attention,
  configureDispatch,
  createBackend,
  gather,
  ones,
  QuantMatrix,
  quantGatedProjection,
  sum,
  tensor,
  transpose,
  type Backend,
  type Tensor,
} from "@helium-lm/tensor";
import { steps, walk, walkedPaths, type Step, type WalkedPath } from "@helium-lm/tensor/conformance/walk-paths";
import { createGpuJsBackend } from "../../src/backends/gpujs/index.ts";
import { createWasmBackend } from "../../src/backends/wasm/index.ts";
import { declaredPaths, lineOf, type Walked } from "../../../../testing/conformance/declared-paths.ts";
import { createIdleWebGpu } from "../../../../testing/conformance/idle-webgpu.ts";

const backends: Readonly<Record<Walked, () => Promise<Backend>>> = {
  reference: () => createBackend("reference"),
  cpu: () => createBackend("cpu"),
  wasm: () => createWasmBackend({ threads: 1 }),
  webgpu: async () => createIdleWebGpu(),
  gpujs: () => createGpuJsBackend({ mode: "cpu" }),
};

const ops = Object.keys(declaredPaths) as Step["op"][];

/** What is wrong about a path, if anything: the table says what is so, a gain as well. */
function complaint({ op, dtype, variant }: Step, declared: WalkedPath, taken: WalkedPath): string[] {
  if (taken === declared) return [];
  const slower = walkedPaths.indexOf(taken) > walkedPaths.indexOf(declared);
  const mend = slower ? "slower than declared" : "faster than declared: say so in declared-paths.ts";
  return [`${[op, dtype, variant].filter(Boolean).join(" ")} is declared ${declared} and ran by ${taken}, ${mend}`];
}

test("every line of the table is about something", () => {
  const lines = new Set(steps.map(lineOf));
  for (const op of ops) expect(declaredPaths[op].filter((line) => !lines.has(line))).toEqual([]);
});

describe.each(Object.entries(backends))("paths on %s", (name, create) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await create();
  });
  afterAll(() => backend.dispose());

  test.each(ops)("%s runs as declared in every dtype and format", async (op) => {
    const complaints: string[] = [];
    for (const step of steps.filter((one) => one.op === op))
      complaints.push(...complaint(step, lineOf(step).paths[name as Walked], await walk(backend, step)));
    expect(complaints).toEqual([]);
    expect(backend.memory().handles).toBe(0);
  });
});

test("webgpu takes the same paths on a card and on a processor that plays one", async () => {
  const [card, software] = [createIdleWebGpu(), createIdleWebGpu({ isFallback: true })];
  for (const step of steps) expect([step, await walk(software, step)]).toEqual([step, await walk(card, step)]);
  for (const backend of [card, software]) backend.dispose();
});

describe("what a wasm kernel does not take besides", () => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await createWasmBackend({ threads: 1 });
  });
  afterAll(() => backend.dispose());

  const conditions: readonly (readonly [string, string, () => Tensor])[] = [
    ["rows of a table that lie apart", "gather:host", () => gather(transpose(ones(backend, [3, 2])), ids())],
    ["rows of nothing", "reduce:host", () => sum(ones(backend, [2, 0]), 1)],
    ["heads beyond its scratch memory", "attention:host", () => heads(2049)],
    ["GELU by the error function", "quantGatedProjection:composed", () => gated("gelu")],
  ];
  const ids = (): Tensor => tensor(backend, [0, 1], { dtype: "i32" });
  const heads = (D: number): Tensor => {
    const x = ones(backend, [1, 1, 1, D]);
    return attention(x, x, x, { scale: 1, tables: tensor(backend, [0], { shape: [1, 1], dtype: "i32" }) });
  };
  const gated = (activation: "gelu" | "silu"): Tensor => {
    const weight = (): QuantMatrix => QuantMatrix.fromBlocks(backend, "q8_0", [2, 32], new Uint8Array(68));
    return quantGatedProjection(ones(backend, [1, 32]), { gate: weight(), up: weight(), activation });
  };

  test.each(conditions)("%s: %s, which strict refuses and names", (_, path, run) => {
    const seen: string[] = [];
    configureDispatch(backend, { onOp: ({ op, path }) => seen.push(`${op}:${path}`) });
    run();
    expect(seen).toContain(path);
    configureDispatch(backend, { strict: true });
    const [op = ""] = path.split(":");
    expect(run).toThrow(
      new RegExp(`^${op}: "wasm" has no kernel for .* where it has .*; give it these or turn strict off`),
    );
    configureDispatch(backend, {});
  });

  test("strict lets pass what is within them", () => {
    configureDispatch(backend, { strict: true });
    gather(ones(backend, [3, 2]), ids());
    sum(ones(backend, [2, 1]), 1);
    heads(2048);
    gated("silu");
    configureDispatch(backend, {});
  });
});
