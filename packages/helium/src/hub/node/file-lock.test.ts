import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pause } from "../retry.ts";
import { withFileLock } from "./file-lock.ts";
import { nodeHost } from "./node-host.ts";

const host = await nodeHost();
const timing = { staleMs: 300, pollMs: 5 };
let folder = "";
let path = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "helium-lock-"));
  path = join(folder, "x.lock");
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("withFileLock", () => {
  it("lets one in at a time, however long each takes", async () => {
    let inside = 0;
    const visits = Array.from({ length: 8 }, () =>
      withFileLock(
        host,
        path,
        async () => {
          expect(++inside).toBe(1);
          await pause(40);
          inside -= 1;
        },
        timing,
      ),
    );
    await Promise.all(visits);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("is not taken from a slow holder that lives", async () => {
    const order: string[] = [];
    const slow = withFileLock(host, path, async () => pause(900).then(() => order.push("slow")), timing);
    await pause(20);
    await withFileLock(host, path, async () => order.push("next"), timing);
    await slow;
    expect(order).toEqual(["slow", "next"]);
  });

  it("takes over what a process that ended has left, by one waiter only", async () => {
    writeFileSync(path, "of nobody");
    let inside = 0;
    const visits = Array.from({ length: 5 }, () =>
      withFileLock(
        host,
        path,
        async () => {
          expect(++inside).toBe(1);
          await pause(20);
          inside -= 1;
        },
        timing,
      ),
    );
    await Promise.all(visits);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("tells its holder that it was taken over", async () => {
    await withFileLock(
      host,
      path,
      async (lock) => {
        expect(lock.isHeld()).toBe(true);
        writeFileSync(path, "of another");
        while (lock.isHeld()) await pause(5);
      },
      timing,
    );
    // It is not this one's to remove.
    expect(readFileSync(path, "utf8")).toBe("of another");
    unlinkSync(path);
  });

  it("is free after a failure, and waiting ends at a signal", async () => {
    await expect(withFileLock(host, path, () => Promise.reject(new Error("no")), timing)).rejects.toThrow("no");
    expect(existsSync(path)).toBe(false);
    writeFileSync(path, "of nobody");
    const signal = AbortSignal.timeout(30);
    await expect(withFileLock(host, path, async () => 1, { ...timing, signal })).rejects.toMatchObject({
      name: "TimeoutError",
    });
  });
});
