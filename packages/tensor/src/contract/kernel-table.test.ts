import { expect, test } from "vitest";
import { createCpuBackend } from "../backends/cpu/index.ts";
import { createReferenceBackend } from "../backends/reference/index.ts";
import { HostBackend } from "../backends/host/host-backend.ts";
import { takingEveryDType } from "../backends/host/accepts.ts";
import { coreKernels } from "../backends/reference/core.ts";
import type { dtypeNames } from "../dtypes/dtype.ts";
import { kernelEntry, kernelFor, kernelPath, onHost, type KernelTable } from "./kernel-table.ts";
import type { OpName } from "./kernels.ts";
import { contiguousLayout } from "../layout.ts";
import { softmax } from "../ops/fused/softmax.ts";
import { neg } from "../ops/unary.ts";
import { quantFormatNames } from "../quant/formats/index.ts";
import { tensor } from "../tensor.ts";
import { configureDispatch } from "../trace.ts";

const core = takingEveryDType(coreKernels);
const f32 = ["f32"] as const;
const nothing = (): void => undefined;

const operand = (dtype: (typeof dtypeNames)[number], shape = [2]) => ({
  dtype,
  layout: contiguousLayout(shape),
  handle: { spec: { kind: "dense", dtype, length: 2 } } as const,
});

test("the first kernel that takes a call carries it out; one that none takes has none", () => {
  const fast = kernelEntry<"unary">({ out: f32, x: f32 }, nothing, {
    says: "op neg",
    holds: (_, { op }) => op === "neg",
  });
  const kernels: KernelTable = { ...core, unary: [fast, ...onHost(core).unary] };
  const pathOf = (dtype: "f32" | "bf16", op: "neg" | "abs") =>
    kernelFor({ kernels }, "unary", dtype, { x: operand(dtype) }, { op })?.path;
  expect([pathOf("f32", "neg"), pathOf("f32", "abs"), pathOf("bf16", "neg")]).toEqual(["kernel", "host", "host"]);
  const only = { kernels: { ...core, unary: [fast] } };
  expect(kernelFor(only, "unary", "f32", { x: operand("f32") }, { op: "abs" })).toBeUndefined();
});

test("an input that a kernel does not name is refused: nothing is handed to it that it cannot read", () => {
  const plain = kernelEntry<"linear">({ out: f32, x: f32, weight: f32 }, nothing);
  const kernels: KernelTable = { ...core, linear: [plain] };
  const [x, weight] = [operand("f32"), operand("f32")];
  expect(kernelFor({ kernels }, "linear", "f32", { x, weight }, {})).toBe(plain);
  expect(kernelFor({ kernels }, "linear", "f32", { x, weight, bias: operand("f32") }, {})).toBeUndefined();
  expect(kernelFor({ kernels }, "linear", "f32", { x: operand("f16"), weight }, {})).toBeUndefined();
  expect(kernelFor({ kernels }, "linear", "bf16", { x, weight }, {})).toBeUndefined();
});

test("the path of stored types is told without a call", () => {
  const cpu = createCpuBackend();
  const x = { dtype: "f32" } as const;
  for (const format of quantFormatNames)
    expect(kernelPath(cpu, "quantMatmul", "f32", { x, weight: { format } })).toBe("kernel");
  expect(kernelPath(cpu, "quantMatmul", "bf16", { x: { dtype: "bf16" }, weight: { format: "q8_0" } })).toBeNull();
  expect(kernelPath(cpu, "int8Scales", "f32", { x })).toBeNull();
});

test.each([createReferenceBackend(), createCpuBackend()])(
  "$name: JavaScript is the kernel, never the host",
  (backend) => {
    for (const op of Object.keys(backend.kernels) as OpName[])
      expect(backend.kernels[op]?.map(({ path }) => path)).not.toContain("host");
  },
);

test("core kernels that take f32 alone run between casts, in the trace with what they are made of", async () => {
  const kernels: KernelTable = { ...core, unary: [kernelEntry({ out: f32, x: f32 }, coreKernels.unary)] };
  const backend = new HostBackend("narrow", kernels);
  const seen: string[] = [];
  configureDispatch(backend, { onOp: ({ op, path, inputs }) => seen.push(`${op} ${inputs["x"]} ${path}`) });
  const y = neg(tensor(backend, [1, -2], { dtype: "bf16" }));
  expect(seen).toEqual(["unary bf16 cast", "cast bf16 kernel", "unary f32 kernel", "cast f32 kernel"]);
  expect([y.dtype, await y.toArray()]).toEqual(["bf16", [-1, 2]]);
  expect(() => neg(tensor(backend, [1], { dtype: "i32" }))).toThrow(/^unary: "narrow" has no kernel for i32/);
});

test("strict names the op, what it was given, the path and what the kernels take", () => {
  const backend = new HostBackend("mixed", {
    ...core,
    unary: [
      kernelEntry({ out: f32, x: f32 }, coreKernels.unary, { says: "op neg", holds: (_, { op }) => op === "neg" }),
      ...onHost(core).unary,
    ],
  });
  configureDispatch(backend, { strict: true });
  const x = tensor(backend, [1], { dtype: "bf16" });
  expect(() => neg(x)).toThrow(
    'unary: "mixed" has no kernel for bf16 here (host): it would run in JavaScript on the host; ' +
      "kernels take x f32 → f32 where it has op neg; give it these or turn strict off",
  );
  expect(() => softmax(tensor(backend, [1]))).toThrow(
    'softmax: "mixed" has no kernel for f32 here (composed): it would be composed of core ops; turn strict off',
  );
  expect(backend.memory().handles).toBe(2);
  configureDispatch(backend, {});
  neg(x);
});
