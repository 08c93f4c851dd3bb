import { expect, test, vi } from "vitest";
import { ArgumentError, BackendError } from "../../errors.ts";
import { Queue } from "./queue.ts";
import { plainEncoding } from "./encodings.ts";
import { settled, type Steps } from "./steps.ts";
import { GpuJsStorage } from "./storage.ts";

const storage = (): GpuJsStorage =>
  new GpuJsStorage({ kind: "dense", dtype: "f32", length: 1 }, "f32", 1, plainEncoding("f32"), 4);

/** Work that notes its name, after a turn of the event loop. */
const noting = (seen: string[], name: string) =>
  function* (): Steps<void> {
    yield* settled(new Promise((resolve) => setTimeout(resolve, 1)));
    seen.push(name);
  };

const failing = (error: Error) =>
  function* (): Steps<void> {
    throw error;
  };

test("queued work runs in order, and releases wait for it", async () => {
  const queue = new Queue(true);
  const seen: string[] = [];
  queue.run("first", [storage()], [], noting(seen, "first"));
  queue.run("second", [storage()], [], noting(seen, "second"));
  queue.after(() => void seen.push("release"));
  expect(seen).toEqual([]);
  await queue.idle();
  expect(seen).toEqual(["first", "second", "release"]);
});

test("where the device answers at once, work runs and throws where it is called", () => {
  const queue = new Queue(false);
  const seen: string[] = [];
  queue.after(() => void seen.push("release"));
  expect(seen).toEqual(["release"]);
  expect(() => queue.run("add", [storage()], [], failing(new ArgumentError("add", "wrong")))).toThrow(ArgumentError);
});

test("a failure marks its outputs and what is computed from them, once for each reader", async () => {
  const queue = new Queue(true);
  const [input, output, dependent, other] = [storage(), storage(), storage(), storage()];
  const later = vi.fn();
  queue.run("matmul", [output], [input], failing(new Error("out of registers")));
  queue.run("add", [dependent], [output], function* () {
    later();
    yield* settled(null);
  });
  queue.run("neg", [other], [input], noting([], "neg"));
  const value = function* (): Steps<number> {
    return yield* settled(1);
  };
  await expect(queue.result(dependent, value)).rejects.toThrow(/^matmul: queued work failed \(out of registers\)/);
  await expect(queue.result(output, value)).rejects.toBeInstanceOf(BackendError);
  await expect(queue.result(other, value)).resolves.toBe(1);
  expect(later).not.toHaveBeenCalled();
  // Somebody was told already.
  await expect(queue.idle()).resolves.toBeUndefined();
});

test("a failure that nobody read is told by the next idle, once", async () => {
  const queue = new Queue(true);
  queue.run("gather", [storage()], [], failing(new ArgumentError("gather", "index 7")));
  await expect(queue.idle()).rejects.toThrow("gather: index 7");
  await expect(queue.idle()).resolves.toBeUndefined();
});
