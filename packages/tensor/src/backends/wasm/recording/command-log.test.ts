import { describe, expect, test } from "vitest";
import { CommandLog, logDifference } from "./command-log.ts";
import { PARAMS } from "../threads/control.ts";
import type { KernelName } from "../kernel-names.ts";
import type { WasmStorage } from "../memory/storage.ts";

interface Step {
  readonly kernel?: KernelName;
  readonly units?: number;
  readonly grain?: number;
  readonly words?: readonly number[];
}

const memory = (): Int32Array => new Int32Array(4096);

/** A log of commands with the given parameters. */
function logOf(steps: readonly Step[], i32 = memory()): CommandLog {
  const log = new CommandLog(i32);
  for (const { kernel = "unary", units = 1, grain = 1, words = [] } of steps) {
    log.reach(words.length);
    i32.set(words, PARAMS / 4);
    log.command(kernel, units, grain, i32);
  }
  return log;
}

describe("logs of two runs", () => {
  test.each<[string, readonly Step[], readonly Step[], string | null]>([
    ["equal ones", [{ words: [1, 2] }], [{ words: [1, 2] }], null],
    ["a parameter", [{ words: [1, 2] }], [{ words: [1, 3] }], "parameter 1 of unary was 2, then 3"],
    ["a parameter more", [{ words: [1] }], [{ words: [1, 0] }], "parameter 1 of unary was none, then 0"],
    ["units", [{ units: 4 }], [{ units: 5 }], "unary had 4 units of work, then 5"],
    ["the grain", [{ grain: 4 }], [{ grain: 5 }], "unary had a grain of 4, then 5"],
    ["the kernel", [{}], [{ kernel: "binary" }], "command 0 was unary, then binary"],
    ["a command more", [{}], [{}, { kernel: "binary" }], "binary came behind its last command"],
    ["a command less", [{}, {}], [{}], "command 1 was unary, then none"],
  ])("%s", (_, first, second, difference) => {
    expect(logDifference(logOf(first), logOf(second))).toBe(difference);
  });

  test("what was in the parameters before the run does not count", () => {
    const used = memory();
    used.fill(7);
    const words = [1];
    const both = [[{ words }, { words: [1, 2, 3] }], used] as const;
    expect(logDifference(logOf(both[0]), logOf(both[0], both[1]))).toBeNull();
    used.fill(7);
    // A command that sets fewer words than one before it has what that one left.
    expect([...(logOf([{ words: [1, 2, 3] }, { words: [4] }], used).commands[1]?.words ?? [])]).toEqual([4, 2, 3]);
  });

  test("a parameter that a kernel leaves out is 0, whatever ran before the work", () => {
    const used = memory();
    used.fill(7);
    const log = new CommandLog(used);
    // Words 0 and 2 of three.
    log.reach(3);
    used[PARAMS / 4] = 1;
    used[PARAMS / 4 + 2] = 3;
    log.command("unary", 1, 1, used);
    expect([...(log.commands[0]?.words ?? [])]).toEqual([1, 0, 3]);
  });

  test("a storage that was freed between them", () => {
    const storage = { isReleased: false };
    const log = logOf([{}]);
    log.use(storage as WasmStorage);
    expect(logDifference(log, logOf([{}]))).toBeNull();
    storage.isReleased = true;
    expect(logDifference(log, logOf([{}]))).toBe("a storage that it used was freed");
  });

  test("what the host wrote is compared as it was then", () => {
    const bytes = new Uint8Array([1, 2, 3]);
    const written = (): CommandLog => {
      const log = new CommandLog(memory());
      log.write(64, bytes);
      return log;
    };
    const [first, same] = [written(), written()];
    expect(logDifference(first, same)).toBeNull();
    bytes[1] = 9;
    expect(logDifference(first, written())).toBe("other values from the host");
    expect(logDifference(first, same)).toBeNull();
  });

  test("the first reason not to replay is the one that stays", () => {
    const log = logOf([]);
    log.write(64, new Uint8Array(2 ** 16 + 1));
    log.refuse("something else");
    expect(log.refusal).toBe("65537 bytes are written by the host");
  });
});
