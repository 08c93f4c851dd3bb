import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { root } from "../../../testing/repository.ts";
import { softwareVulkan } from "../../../testing/software-vulkan.ts";
import type { BenchReport } from "../src/bench/bench-report.ts";

/** In a process of its own: the driver is found by variables of the environment. */
const helium = (...args: string[]): Promise<{ readonly stdout: string; readonly stderr: string }> =>
  promisify(execFile)(
    process.execPath,
    ["--import", `${root}scripts/workspace-sources.ts`, `${root}packages/cli/src/main.ts`, ...args],
    { env: { ...process.env, ...softwareVulkan() } },
  ).catch((error: Error & { readonly stdout: string; readonly stderr: string }) => error);

test("helium bench on webgpu tells what the device is and what each kernel takes", async ({ skip }) => {
  const args = ["bench", "-p", "4", "-n", "2", "-r", "1", "--dtype", "q4_0", "--backend", "webgpu", "--json"];
  const { stdout, stderr } = await helium(...args);
  skip(
    process.env["CI"] === undefined && stderr.includes("is unavailable"),
    "needs the package webgpu and a Vulkan driver",
  );
  expect(stderr).toBe("");
  const { runs } = JSON.parse(stdout) as BenchReport;
  const { backend, device } = runs[0]!;
  expect(backend).toMatchObject({ backend: "webgpu", software: true, features: "none" });
  expect(device?.limits.storageBytes).toBeGreaterThanOrEqual(2 ** 27);
  expect(device?.roof.bytesPerSecond).toBeGreaterThan(0);
  for (const [kind, tokens] of [
    ["prefill", 4],
    ["decode", 2],
  ] as const) {
    const profile = device?.profiles[kind];
    expect(profile).toMatchObject({ clock: "timestamps", tokens });
    const kernels = profile?.kernels ?? [];
    const sum = kernels.reduce((seconds, kernel) => seconds + kernel.seconds, 0);
    expect(sum).toBeGreaterThan(0);
    expect(sum).toBeLessThanOrEqual(profile?.seconds ?? 0);
    // Of six layers, in one pass over a prompt and in one for each token.
    const attention = kernels.filter(({ kernel }) => kernel.startsWith("attention "));
    expect(attention.reduce((calls, kernel) => calls + kernel.calls, 0)).toBe(kind === "prefill" ? 6 : 6 * tokens);
    const flops = kernels.reduce((all, kernel) => all + kernel.flops, 0);
    // Every weight of every matrix but the embedding, whose rows are looked up, is multiplied once for each token.
    expect(flops).toBeGreaterThan(tokens * 2 * 5e6);
    expect(flops).toBeLessThan(tokens * 2 * 16e6);
  }
});
