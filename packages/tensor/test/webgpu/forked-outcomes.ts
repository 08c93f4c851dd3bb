import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { softwareVulkan } from "../../../../testing/software-vulkan.ts";

const sources = new URL("../../../../scripts/workspace-sources.ts", import.meta.url).href;

/**
 * What a process here tells before it ends, by name: the driver is found by variables of its environment. Empty without a device.
 *
 * @param names arguments of the process
 */
export async function forkedOutcomes<T extends { readonly name: string }>(
  file: string,
  names: readonly string[] = [],
  driver = softwareVulkan(),
): Promise<ReadonlyMap<string, T>> {
  const outcomes = new Map<string, T>();
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), names, {
    execArgv: ["--import", sources],
    env: { ...process.env, ...driver },
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  child.on("message", (message) => {
    const outcome = message as T;
    outcomes.set(outcome.name, outcome);
  });
  // Not `exit`, which may come before the last messages.
  await new Promise((resolve) => child.on("close", resolve));
  return outcomes;
}
