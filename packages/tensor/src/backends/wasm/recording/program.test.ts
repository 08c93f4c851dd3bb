import { expect, test } from "vitest";
import { Arena } from "../memory/arena.ts";
import { BLOCK_WORDS, type LoggedCommand } from "./command-log.ts";
import { Program } from "./program.ts";

const GIB = 2 ** 30;

/** A memory of 4 GiB at most whose next block lies behind `bytes`; pages that are never touched cost nothing. */
function arenaBehind(bytes: number): Arena {
  const arena = new Arena({ shared: true, maxBytes: 4 * GIB });
  if (bytes > 0) arena.allocOwn(bytes);
  return arena;
}

const command = (words: readonly number[], constant?: Uint8Array): LoggedCommand => ({
  kernel: "move",
  units: 1,
  grain: 1,
  words: Int32Array.from(words),
  ...(constant && { constant }),
});

// Found with a 1B model in F16, whose weights take 2.5 GB: addresses were kept as signed words.
test.each([0, 2 * GIB + 4096])("parameters behind %d bytes of weights lie at their addresses", (before) => {
  const arena = arenaBehind(before);
  const program = new Program(arena, [command([3, -1, 5]), command([7, 0], Uint8Array.of(1, 2, 3))], 2);
  const [first, second] = program.params;
  expect(first).toBeGreaterThanOrEqual(before);
  expect(second).toBe((first ?? 0) + 4 * BLOCK_WORDS);
  const wordsAt = (address: number, count: number): readonly number[] => [
    ...arena.i32.subarray(address / 4, address / 4 + count),
  ];
  expect(wordsAt(first ?? 0, 3)).toEqual([3, -1, 5]);
  const [word, constantAt] = wordsAt(second ?? 0, 2);
  expect(word).toBe(7);
  expect([...arena.u8.subarray((constantAt ?? 0) >>> 0, ((constantAt ?? 0) >>> 0) + 3)]).toEqual([1, 2, 3]);
  program.dispose();
  arena.close();
});
