import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { softwareVulkan } from "../../../../testing/software-vulkan.ts";
import { needDevice } from "./wgsl-device.ts";
import { scenarios } from "./kernel-scenarios.ts";

/** Outcomes of a process with a device of its own, by scenario; empty where there is no device. */
const outcomes = new Map<string, string | null>();

beforeAll(async () => {
  const entry = fileURLToPath(new URL("scenario-process.ts", import.meta.url));
  const sources = new URL("../../../../scripts/workspace-sources.ts", import.meta.url).href;
  const child = fork(entry, [], {
    execArgv: ["--import", sources],
    env: { ...process.env, ...softwareVulkan() },
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  child.on("message", (message) => {
    const { name, reason } = message as { name: string; reason: string | null };
    outcomes.set(name, reason);
  });
  await new Promise((resolve) => child.on("exit", resolve));
}, 300_000);

beforeEach(({ skip }) => needDevice(outcomes.size > 0, skip));

test.each([...scenarios.map(({ name }) => name), "nothing is left on the devices"])("%s", (name) => {
  expect(outcomes.get(name)).toBeNull();
});
