import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pause } from "../bytes/retry.ts";
import { takeFileLock, withFileLock } from "./node-file-lock.ts";
import { ownProcessMark } from "./node-process-mark.ts";

/** The mark that a process has now. */
async function markOf(pid: number): Promise<string> {
  const [machine, , start] = (await ownProcessMark()).split("-");
  if (start === "0") return `${machine}-${pid}-0`;
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return `${machine}-${pid}-${stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]}`;
}

/** What a process that was killed leaves in its lock. */
async function lockOfKilledProcess(): Promise<string> {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  const content = `token ${await markOf(child.pid!)}`;
  const ended = new Promise((resolve) => child.on("exit", resolve));
  child.kill("SIGKILL");
  await ended;
  return content;
}

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
    const slow = withFileLock(path, async () => pause(900).then(() => order.push("slow")), timing);
    await pause(20);
    await withFileLock(path, async () => order.push("next"), timing);
    await slow;
    expect(order).toEqual(["slow", "next"]);
  });

  it("takes over what a process that ended has left, by one waiter only", async () => {
    writeFileSync(path, "of nobody");
    let inside = 0;
    const visits = Array.from({ length: 5 }, () =>
      withFileLock(
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

  it("goes on at once where the holder was killed, by one waiter at a time", async () => {
    const left = await lockOfKilledProcess();
    writeFileSync(path, left);
    // One that was killed while it took that lock away is no hindrance either.
    writeFileSync(`${path}.turn`, left);
    let inside = 0;
    const order: string[] = [];
    const visits = Array.from({ length: 5 }, () =>
      withFileLock(
        path,
        async () => {
          order.push(`in ${++inside}`);
          await pause(20);
          order.push(`out ${inside--}`);
        },
        // By staleness alone this would take until tomorrow.
        { staleMs: 86_400_000, pollMs: 5, onWait: () => expect.unreachable("waits for the dead"), silentMs: 60_000 },
      ),
    );
    await Promise.all(visits);
    expect(order).toEqual(Array.from({ length: 5 }, () => ["in 1", "out 1"]).flat());
    expect(readdirSync(folder)).toEqual([]);
  });

  it("says whom it waits for", async () => {
    const heard: string[] = [];
    const wait = (): Promise<unknown> =>
      withFileLock(path, async () => 1, {
        ...timing,
        silentMs: 0,
        onWait: (holder) => heard.push(holder),
      });
    let waiting: Promise<unknown> = Promise.resolve();
    await withFileLock(
      path,
      async () => {
        waiting = wait();
        while (heard.length === 0) await pause(5);
      },
      timing,
    );
    await waiting;
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    writeFileSync(path, `token ${await markOf(child.pid!)}`);
    await wait();
    child.kill("SIGKILL");
    writeFileSync(path, "token 0123456789ab-1-1");
    await wait();
    expect(heard).toEqual([
      "another part of this process",
      `process ${child.pid} of this machine`,
      "another process, perhaps of another machine",
    ]);
  });

  it.each(["", ".turn"])("does not wait for a folder in the place of the lock%s", async (end) => {
    writeFileSync(path, await lockOfKilledProcess());
    rmSync(path + end, { force: true });
    mkdirSync(path + end);
    await expect(withFileLock(path, async () => 1, timing)).rejects.toThrow(
      /x\.lock\S*: is a folder where a lock file belongs; remove it/,
    );
  });

  it("tells its holder that it was taken over", async () => {
    await withFileLock(
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

  it("is held by nobody after its release, though its holder was just looking whether it is", async () => {
    const locks = [];
    for (let n = 0; n < 100; n++) {
      // Looks every millisecond.
      const lock = await takeFileLock(path, { staleMs: 6, pollMs: 5 });
      await pause(1 + (n % 3));
      await lock.release();
      locks.push(lock);
    }
    await pause(20);
    expect(locks.filter((lock) => lock.isHeld())).toEqual([]);
  });

  it("is free after a failure, and waiting ends at a signal", async () => {
    await expect(withFileLock(path, () => Promise.reject(new Error("no")), timing)).rejects.toThrow("no");
    expect(existsSync(path)).toBe(false);
    writeFileSync(path, "of nobody");
    const signal = AbortSignal.timeout(30);
    await expect(withFileLock(path, async () => 1, { ...timing, signal })).rejects.toMatchObject({
      name: "TimeoutError",
    });
  });

  it("who waits for nobody is told at once that the holder lives, and goes on where it does not", async () => {
    const eager = { ...timing, refuseLiving: true };
    const held = await takeFileLock(path, timing);
    await expect(takeFileLock(path, eager)).rejects.toThrow(
      `${path}: is held by another part of this process; wait for it, or end it`,
    );
    await held.release();
    writeFileSync(path, await lockOfKilledProcess());
    await (await takeFileLock(path, { ...eager, staleMs: 86_400_000 })).release();
    // Of another machine or container: whether it lives is seen by its touching the lock.
    writeFileSync(path, "token 0123456789ab-1-1");
    const beat = setInterval(() => writeFileSync(path, "token 0123456789ab-1-1"), 20);
    await expect(takeFileLock(path, eager)).rejects.toThrow("is held by another process, perhaps of another machine");
    clearInterval(beat);
    await (await takeFileLock(path, eager)).release();
    expect(readdirSync(folder)).toEqual([]);
  });
});
