import { expect, it } from "vitest";
import { add, configureDispatch, createBackend, scope, tensor } from "@helium-lm/tensor";
import { traceKernels, traceText } from "./kernel-trace.ts";

it("names what is no kernel, by the way it goes instead", () => {
  expect(traceText({ calls: { kernel: 7, host: 0, cast: 0, composed: 0 }, slow: [] })).toBe(
    "7 calls of kernels and no other",
  );
  const slow = [
    { op: "neg", path: "host", types: "bf16 → bf16", calls: 2 },
    { op: "exp", path: "host", types: "i32 → f32", calls: 1 },
    { op: "silu", path: "composed", types: "f32 → f32", calls: 4 },
  ] as const;
  expect(traceText({ calls: { kernel: 7, host: 3, cast: 0, composed: 4 }, slow })).toBe(
    "7 calls of kernels, 3 in JavaScript on the host (neg bf16 → bf16 × 2; exp i32 → f32 × 1), 4 composed of others (silu f32 → f32 × 4)",
  );
});

it("listens while the work goes on, and no longer", async () => {
  const backend = await createBackend("cpu");
  const sum = (): void => scope(() => void add(tensor(backend, [1, 2]), tensor(backend, [3, 4])));
  const trace = await traceKernels(backend, async () => {
    sum();
    sum();
  });
  expect(trace.calls.kernel).toBe(2);
  sum();
  expect(trace.calls.kernel).toBe(2);
  await expect(traceKernels(backend, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(() => configureDispatch(backend, {})).not.toThrow();
  backend.dispose();
});
