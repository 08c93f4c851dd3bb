import { expect, test } from "vitest";
import type { Backend } from "../contract/backend.ts";
import type { Operand } from "../contract/operand.ts";
import { HostBackend } from "../backends/host/host-backend.ts";
import { arrayOf } from "../backends/host/host-memory.ts";
import { coreKernels } from "../backends/reference/core.ts";
import { fusedKernels } from "../backends/reference/fused.ts";
import { createReferenceBackend } from "../backends/reference/index.ts";
import { ArgumentError } from "../errors.ts";
import { mapEntries, type KernelEntry } from "../contract/kernel-table.ts";
import type { Kernel, OpName } from "../contract/kernels.ts";
import type { ConformanceOptions } from "./options.ts";
import { matrixMarkdown } from "./report.ts";
import { runConformance } from "./run-conformance.ts";

type Kernels = typeof coreKernels & typeof fusedKernels;

/** The reference with some kernels replaced; `change` gets the sound ones and the backend they run on. */
function broken(change: (kernels: Kernels, backend: () => Backend) => Partial<Kernels>): () => Backend {
  return () => {
    const sound = createReferenceBackend();
    const changed = change({ ...coreKernels, ...fusedKernels }, () => backend);
    const kernels = mapEntries(sound.kernels, <K extends OpName>(entry: KernelEntry<K>, op: K) => {
      const run = changed[op as keyof Kernels] as Kernel<K> | undefined;
      return run ? { ...entry, run } : entry;
    });
    const backend: Backend = new HostBackend("broken", kernels);
    return backend;
  };
}

/** Messages of the failed tests of a run on f32. */
async function failures(options: Omit<ConformanceOptions, "name">): Promise<string[]> {
  const { outcomes } = await runConformance({ name: "broken", runs: 8, ...options });
  return outcomes.flatMap(({ status, message }) => (status === "failed" ? [message ?? ""] : []));
}

const first = ({ handle, layout }: Operand): { array: ReturnType<typeof arrayOf>; offset: number } => ({
  array: arrayOf(handle),
  offset: layout.offset,
});

test("a wrong value is told with op, dtypes, shapes, index, both numbers and how to repeat it", async () => {
  const create = broken(({ binary }) => ({
    binary(out, inputs, params) {
      binary(out, inputs, params);
      const { array, offset } = first(out);
      if (params.op === "add" && array.length >= 7) array[offset + 6] += 1;
    },
  }));
  const [message] = await failures({ create, only: { op: "binary", dtype: "f32", variant: "add", check: "value" } });
  expect(message).toContain("binary add f32 agrees with its formula, on broken");
  expect(message).toMatch(
    /first difference at \[[\d, ]+\] of f32\[[\d, ]+\]: expected -?[\d.e-]+, got -?[\d.e-]+ \([\d.e+]+ ulp\)/,
  );
  expect(message).toMatch(/a f32\[[\d, ]+\].* = /);
  expect(message).toMatch(/repeat: (example \d+, )?seed 1/);
});

test("writing beside an output, into an input or not at all, and leaks are found by the memory check", async () => {
  const only = { op: "copy", dtype: "f32", check: "memory" } as const;
  const beside = broken(({ copy }) => ({
    copy(out, inputs, params) {
      copy(out, inputs, params);
      const { array, offset } = first(out);
      array[offset + out.layout.shape.reduce((size, n) => size * n, 1)] = 1;
    },
  }));
  expect((await failures({ create: beside, only }))[0]).toMatch(/wrote outside a storage of f32\[\d+\]: element \d+/);

  const intoInput = broken(({ copy }) => ({
    copy(out, inputs, params) {
      copy(out, inputs, params);
      const { array, offset } = first(inputs.x);
      if (inputs.x.layout.shape.every((n) => n > 0)) array[offset] = 5;
    },
  }));
  expect((await failures({ create: intoInput, only }))[0]).toMatch(/changed its input of f32\[\d+\] at element \d+/);

  const nothing = broken(() => ({ copy: () => undefined }));
  expect((await failures({ create: nothing, only }))[0]).toContain("result between sentinels");

  const leaking = broken(({ copy }, backend) => ({
    copy(out, inputs, params) {
      copy(out, inputs, params);
      backend().alloc({ kind: "dense", dtype: "f32", length: 1 });
    },
  }));
  expect((await failures({ create: leaking, only }))[0]).toContain("2 storages alive after the op, expected 1");
});

test("a lost sign of zero is a wrong value", async () => {
  const create = broken(({ binary, copy }) => ({
    copy(out, inputs, params) {
      copy(out, inputs, params);
      // x + 0 is x except for −0.
      const zero = { handle: out.handle, dtype: out.dtype, layout: out.layout };
      const zeros = createReferenceBackend().alloc(out.handle.spec);
      binary(out, { a: zero, b: { ...zero, handle: zeros } }, { op: "add" });
    },
  }));
  const [message] = await failures({ create, only: { op: "copy", dtype: "f32", check: "specials" } });
  expect(message).toContain("expected -0, got 0");
});

test("a backend may flush subnormals where it says so", async () => {
  const flush = (x: number): number => (Math.abs(x) < 2 ** -126 ? 0 : x);
  const create = broken(({ binary }) => ({
    binary(out, inputs, params) {
      binary(out, inputs, params);
      const { array, offset } = first(out);
      const size = out.layout.shape.reduce((product, n) => product * n, 1);
      for (let i = offset; i < offset + size; i++) array[i] = flush(array[i]);
    },
  }));
  const only = { op: "binary", dtype: "f32", variant: "mul" } as const;
  expect((await failures({ create, only })).length).toBeGreaterThan(0);
  expect(await failures({ create, only, flushesSubnormals: "the test's device has none" })).toEqual([]);
});

test("several selections run what any of them includes", async () => {
  const only = [
    { op: "copy", dtype: "f32", check: "value" },
    { op: "fill", check: "errors" },
    { op: "copy", dtype: "f32" },
  ] as const;
  const { outcomes } = await runConformance({ name: "reference", create: createReferenceBackend, only, runs: 1 });
  const known = await runConformance({ name: "reference", create: createReferenceBackend, only: only[2], runs: 1 });
  expect(outcomes.length).toBe(known.outcomes.length + 1);
  expect(new Set(outcomes.map(({ op, title }) => `${op} ${title}`)).size).toBe(outcomes.length);
});

test("a row that depends on its batch fails where the backend promises exact rows, and only there", async () => {
  const create = broken(({ matmul }) => ({
    matmul(out, inputs, params) {
      matmul(out, inputs, params);
      // The last bit depends on the number of rows, well inside the tolerance of the value.
      const { array, offset } = first(out);
      const rows = out.layout.shape[out.layout.shape.length - 2];
      const size = out.layout.shape.reduce((product, n) => product * n, 1);
      if (rows > 1) for (let i = 0; i < size; i++) array[offset + i] *= 1 + 2 ** -23;
    },
  }));
  const only = { op: "matmul", dtype: "f32", variant: "f32", check: "rows" } as const;
  expect(await failures({ create, only, bitExactRows: true })).toHaveLength(1);
  expect(await failures({ create, only })).toEqual([]);
});

test("a skip is honoured, listed with its reason, and fails the run once it is not needed", async () => {
  const only = { op: "reduce", dtype: "f32" } as const;
  const skip = [{ op: "reduce", dtype: "f32", variant: "max", reason: "no maximum yet" }] as const;
  const create = broken(({ reduce }) => ({
    reduce: (out, inputs, params) => reduce(out, inputs, params.op === "max" ? { op: "sum" } : params),
  }));
  const { report, outcomes } = await runConformance({ name: "broken", create, only, skip, runs: 8 });
  expect(report.failed).toBe(0);
  expect(report.skipped).toBeGreaterThan(3);
  expect(report.rows[0]?.reasons).toEqual(["no maximum yet"]);
  expect(outcomes.at(-1)).toMatchObject({ status: "passed", title: "reduce max f32 is skipped: no maximum yet" });

  const [message] = await failures({ create: createReferenceBackend, only, skip });
  expect(message).toMatch(
    /reduce max f32 is skipped: no maximum yet; but all \d+ tests pass: remove or narrow the skip/,
  );
});

test("skips need a reason and must match a test", async () => {
  const create = createReferenceBackend;
  await expect(failures({ create, skip: [{ op: "copy", reason: " " }] })).rejects.toThrow(ArgumentError);
  await expect(failures({ create, skip: [{ op: "softmax", dtype: "i32", reason: "?" }] })).rejects.toThrow(
    /skip of softmax .* matches no test/,
  );
});

test("strict mode fails an op that runs by its composition; the report shows it otherwise", async () => {
  const only = { op: "softmax", dtype: "bf16", check: "value" } as const;
  const { report } = await runConformance({ name: "reference", create: createReferenceBackend, only, runs: 4 });
  expect(report.rows).toMatchObject([{ op: "softmax", dtype: "bf16", paths: ["composed"], failed: 0 }]);
  const [message] = await failures({ create: createReferenceBackend, only, strict: true });
  expect(message).toContain("has no kernel for bf16");
});

test("one seed gives one run", async () => {
  const create = broken(({ unary }) => ({ unary: (out, inputs) => unary(out, inputs, { op: "abs" }) }));
  const only = { op: "unary", dtype: "f32", variant: "neg" } as const;
  const once = await failures({ create, only, seed: 3 });
  expect(once.length).toBeGreaterThan(0);
  expect(await failures({ create, only, seed: 3 })).toEqual(once);
});

test("the matrix shows how each op ran", async () => {
  const options = { create: createReferenceBackend, runs: 2 } as const;
  const sound = await runConformance({ ...options, name: "reference", only: { op: "rope" } });
  const failing = await runConformance({
    ...options,
    name: "broken",
    create: broken(({ copy }) => ({ rope: (out, { x }) => copy(out, { x }, {}) })),
    only: { op: "rope", dtype: "f32" },
  });
  const matrix = matrixMarkdown([sound.report, failing.report]);
  expect(matrix).toContain("| op | dtypes | `reference` | `broken` |");
  expect(matrix).toContain("| rope | f32 | kernel | FAILS |");
  expect(matrix).toContain("| rope | f16 bf16 | composed | – |");
});
