import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { softwareVulkan } from "../../../../testing/software-vulkan.ts";
import type { WgslJob, WgslResult } from "./wgsl-messages.ts";

const entry = fileURLToPath(new URL("wgsl-process.ts", import.meta.url));
const sources = new URL("../../../../scripts/workspace-sources.ts", import.meta.url).href;

/** A WebGPU device in a Node process of its own, for shaders alone. */
export interface WgslDevice {
  run(job: WgslJob): Promise<Uint32Array>;
  close(): void;
}

/** Starts it on SwiftShader, or on the driver that `VK_ICD_FILENAMES` names; null where there is none. */
export async function startWgsl(): Promise<WgslDevice | null> {
  const child = fork(entry, [], {
    execArgv: ["--import", sources],
    env: { ...process.env, ...softwareVulkan() },
    serialization: "advanced",
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const ended = once(child, "close").then((): never[] => {
    throw new Error("the process of the device ended");
  });
  ended.catch(() => undefined);
  const answer = async (): Promise<WgslResult> => {
    const [result] = (await Promise.race([once(child, "message"), ended])) as [WgslResult];
    return result;
  };
  try {
    await answer();
  } catch {
    return null;
  }
  let last: Promise<unknown> = Promise.resolve();
  return {
    run: (job) => {
      const result = last.then(async () => {
        child.send(job);
        const given = await answer();
        if ("error" in given) throw new Error(`${given.error}\n${job.code}`);
        return given.words;
      });
      last = result.catch(() => undefined);
      return result;
    },
    close: () => child.disconnect(),
  };
}

/** Skips a test where no driver is found; in CI, which installs one, it fails. */
export function needDevice(isFound: boolean, skip: (condition: boolean, note?: string) => void): void {
  skip(!isFound && process.env["CI"] === undefined, "needs a Vulkan driver: that of chromium, or VK_ICD_FILENAMES");
}
