import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { freePort } from "./free-port.ts";

test("ports of one process are different ones, below those that systems give, and can be listened at", async () => {
  const ports = await Promise.all(Array.from({ length: 50 }, freePort));
  expect(new Set(ports).size).toBe(50);
  for (const port of ports) {
    expect(port).toBeGreaterThan(10_080);
    expect(port).toBeLessThan(32_768);
    const server = createServer().listen(port, "127.0.0.1");
    await once(server, "listening");
    server.close();
  }
});

test.runIf(process.platform === "linux")("another process does not get a port that this one was given", async () => {
  // Both processes draw one number after another. The second begins with what the first was given, and goes on to the next.
  const source = JSON.stringify(fileURLToPath(new URL("free-port.ts", import.meta.url)));
  const program = `
    import crypto from "node:crypto";
    import { syncBuiltinESMExports } from "node:module";
    let drawn = Number(process.argv[3] ?? 0);
    crypto.randomInt = () => drawn++;
    syncBuiltinESMExports();
    const { freePort } = await import(${source});
    console.log(await freePort());
    if (process.argv[1] === "first") {
      const { execFileSync } = await import("node:child_process");
      const argv = ["--input-type=module", "-e", process.argv[2], "second", process.argv[2], String(drawn - 1)];
      console.log(execFileSync(process.execPath, argv, { encoding: "utf8" }));
    }`;
  const argv = ["--input-type=module", "-e", program, "first", program];
  const { stdout } = await promisify(execFile)(process.execPath, argv);
  const [first = NaN, second = NaN] = stdout.trim().split(/\s+/).map(Number);
  expect(second).toBeGreaterThan(first);
});
