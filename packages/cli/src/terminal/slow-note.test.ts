import { expect, it } from "vitest";
import { createBackend } from "@helium-lm/tensor";
import { createGpuJsBackend } from "@helium-lm/tensor/backends/gpujs";
import { slowNote } from "./slow-note.ts";

it("says nothing where all run by kernels", async () => {
  const backend = await createBackend("cpu");
  expect(slowNote(backend)).toBeNull();
  expect(slowNote(backend, [])).toBeNull();
});

it("counts them by format and by how they run, names the first and what has kernels", async () => {
  const backend = await createGpuJsBackend({ mode: "cpu" });
  const expanded = { kept: "f32", runs: "expanded" } as const;
  expect(slowNote(backend, [{ path: "a.weight", stored: "q5_0", ...expanded }])).toBe(
    "matrices that gpujs has no kernel for: 1 in q5_0 expanded to f32 (a.weight); its kernels read q8_0, q4_0",
  );
  expect(
    slowNote(backend, [
      { path: "a.weight", stored: "q5_0", ...expanded },
      { path: "b.weight", stored: "q2_K", kept: "q2_K", runs: "host" },
      { path: "c.weight", stored: "q5_0", ...expanded },
    ]),
  ).toBe(
    "matrices that gpujs has no kernel for: 2 in q5_0 expanded to f32, 1 in q2_K multiplied in JavaScript (a.weight, …); " +
      "its kernels read q8_0, q4_0",
  );
  backend.dispose();
});
