import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { fixturePath } from "../../../../testing/fixtures.ts";
import { softwareVulkan } from "../../../../testing/software-vulkan.ts";
import type { EngineFailures } from "./engine-messages.ts";

const entry = fileURLToPath(new URL("engine-process.ts", import.meta.url));
const sources = new URL("../../../../scripts/workspace-sources.ts", import.meta.url).href;

test("a refused pass is computed again for all; one that only a request had ends it, and the next is well", async ({
  skip,
}) => {
  const child = fork(entry, [], {
    execArgv: ["--import", sources],
    env: { ...process.env, ...softwareVulkan() },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  child.send(fixturePath("models/llama/causal"));
  const [answer] = (await once(child, "message")) as [EngineFailures | string];
  child.disconnect();
  if (typeof answer === "string") {
    skip(answer.includes("is unavailable"), "needs the package webgpu and a Vulkan driver, such as that of a Chromium");
    throw new Error(answer);
  }
  const { expected, given, ahead } = answer;
  for (const texts of [given, ahead]) {
    expect(texts.slice(0, 3)).toEqual(expected.slice(0, 3));
    expect(texts[3]).toMatch(/the device refused a command/);
    expect(texts.slice(4)).toEqual(expected.slice(4));
  }
});
