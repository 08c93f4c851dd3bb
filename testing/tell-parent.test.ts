import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";

const helper = new URL("tell-parent.ts", import.meta.url).href;

test("a parent that is held up hears all that a process told before it ended", async () => {
  // More than the channel holds.
  const source = `const { tellParent } = await import(${JSON.stringify(helper)});
for (let n = 0; n < 500; n++) void tellParent({ n, text: "x".repeat(2000) });
await tellParent({ n: "last" });
process.disconnect();`;
  const args = ["--disable-warning=ExperimentalWarning", "--input-type=module", "-e", source];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const heard: unknown[] = [];
  child.on("message", (message) => heard.push((message as { readonly n: unknown }).n));
  const closed = once(child, "close");
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
  await closed;
  expect(heard).toEqual([...Array(500).keys(), "last"]);
});
