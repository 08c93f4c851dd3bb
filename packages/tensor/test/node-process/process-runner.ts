import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { DeviceRun, DeviceTask } from "../../../../testing/conformance/run-on-device.ts";
import type { Runner } from "../../../../testing/conformance/runner.ts";
import type { Message } from "./messages.ts";
import type { DeviceMode } from "../../../../testing/conformance/device-options.ts";
import { lavapipeVulkan, needsLavapipe, softwareVulkan } from "../../../../testing/software-vulkan.ts";
import { findExecutable } from "../../../../testing/find-executable.ts";

const entry = fileURLToPath(new URL("conformance-process.ts", import.meta.url));
const sources = new URL("../../../../scripts/workspace-sources.ts", import.meta.url).href;

/** Node, or for `gl` where there is no display, Node under one that nobody sees. */
function commandFor(mode: DeviceMode): { readonly execPath: string; readonly execArgv: string[] } {
  const execArgv = ["--import", sources];
  const display = mode === "headlessgl" && !process.env["DISPLAY"] ? findExecutable("xvfb-run") : null;
  if (display === null) return { execPath: process.execPath, execArgv };
  return { execPath: display, execArgv: ["--auto-servernum", process.execPath, ...execArgv] };
}

function driverFor(mode: DeviceMode): Readonly<Record<string, string>> {
  if (mode !== "wgsl lavapipe") return softwareVulkan();
  const found = lavapipeVulkan();
  if (found === null) throw new Error(needsLavapipe);
  return found;
}

/** Runs the suite in a Node process of its own, with a Vulkan driver and a display where they can be found. */
export async function startInProcess(task: DeviceTask): Promise<Runner> {
  let child: ChildProcess | undefined;
  // Not the child's where a wrapper is between the two, which ends in good order when the process does.
  let pid: number | undefined;
  return {
    errors: [],
    run: (onOutcome) =>
      new Promise<DeviceRun>((resolve, reject) => {
        child = fork(entry, [JSON.stringify(task)], {
          ...commandFor(task.mode),
          env: { ...process.env, ...driverFor(task.mode) },
          stdio: ["ignore", "ignore", "ignore", "ipc"],
        });
        child.on("message", (message: Message) => {
          if (message.kind === "started") pid = message.pid;
          else if (message.kind === "outcome") onOutcome(message.outcome);
          else if (message.kind === "done") resolve(message.run);
          else reject(new Error(message.reason));
        });
        // Not `exit`, which may come before the last messages.
        child.on("close", (code, signal) => reject(new Error(`the process ended with ${signal ?? code}`)));
      }),
    close: async () => {
      if (!child || child.exitCode !== null || child.signalCode !== null || pid === undefined) return;
      try {
        process.kill(pid);
      } catch (error) {
        // It has ended, and the wrapper not yet.
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
      }
    },
  };
}

/** Why a mode cannot run in such a process; null when it can. */
export async function whyNotInProcess(mode: DeviceMode): Promise<string | null> {
  // One test shows that the mode is there.
  const probe = await startInProcess({ mode, runs: 1, only: { op: "fill", dtype: "f32", check: "value" } });
  return probe
    .run(() => undefined)
    .then(
      () => null,
      (error: Error) => error.message,
    );
}
