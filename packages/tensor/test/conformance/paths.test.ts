import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  attention,
  configureDispatch,
  gather,
  ones,
  QuantMatrix,
  gatedProjection,
  sum,
  tensor,
  transpose,
  type Backend,
  type Tensor,
} from "@helium-lm/tensor";
import { steps, walk } from "@helium-lm/tensor/conformance/walk-paths";
import { createWasmBackend } from "../../src/backends/wasm/index.ts";
import { createIdleWebGpu } from "../../../../testing/conformance/idle-webgpu.ts";
import { walkedBackends } from "../../../../testing/conformance/walked-backends.ts";

test.each(Object.entries(walkedBackends))("an op that is walked on %s leaves nothing there", async (_, create) => {
  const backend = await create();
  for (const step of steps) {
    await walk(backend, step);
    expect([step, backend.memory().handles]).toEqual([step, 0]);
  }
  backend.dispose();
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
    ["GELU by the error function", "gatedActivation:host", () => gated("gelu")],
  ];
  const ids = (): Tensor => tensor(backend, [0, 1], { dtype: "i32" });
  const heads = (D: number): Tensor => {
    const x = ones(backend, [1, 1, 1, D]);
    return attention(x, x, x, { scale: 1, tables: tensor(backend, [0], { shape: [1, 1], dtype: "i32" }) });
  };
  const gated = (activation: "gelu" | "silu"): Tensor => {
    const weight = (): QuantMatrix => QuantMatrix.fromBlocks(backend, "q8_0", [2, 32], new Uint8Array(68));
    return gatedProjection(ones(backend, [1, 32]), { gate: weight(), up: weight(), activation });
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
