import { expect, test } from "vitest";
import type { OpenDevice } from "./adapter.ts";
import { Device } from "./device.ts";

/** A device that is lost when it is told so. */
function losable(): { readonly open: OpenDevice; readonly lose: (message: string) => void } {
  let lose: (message: string) => void = () => undefined;
  const lost = new Promise((resolve) => (lose = (message) => resolve({ reason: "unknown", message })));
  const limits = { maxStorageBufferBindingSize: 2 ** 30, maxBufferSize: 2 ** 28 };
  const open = {
    adapter: { info: {} },
    device: { limits, lost, features: [], destroy: () => undefined },
    language: [],
  };
  return { open: open as unknown as OpenDevice, lose: (message) => lose(message) };
}

test("a lost device says so at every later use", async () => {
  const { open, lose } = losable();
  const device = new Device(open);
  device.check();
  lose("the driver was reset");
  await Promise.resolve();
  expect(device.isLost).toBe(true);
  expect(() => device.check("read")).toThrow(
    "read: the WebGPU device was lost (the driver was reset) and what was on it is gone; create a new backend and load the tensors again",
  );
});

test("a loss that is told after work failed by it is the reason, though the process was held up meanwhile", async () => {
  const { open, lose } = losable();
  const failed = expect(new Device(open).checkAfterFailure("read")).rejects.toThrow("was lost (the driver was reset)");
  setTimeout(() => lose("the driver was reset"), 250);
  // Both the wait and what is to come are due when it goes on.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
  await failed;
});

test("work that failed on a device that is there, or is disposed, ends the wait", async () => {
  await new Device(losable().open).checkAfterFailure("read");
  const disposed = new Device(losable().open);
  disposed.dispose();
  await expect(disposed.checkAfterFailure("read")).rejects.toThrow("backend was disposed");
});

test("the limit of a storage is the smallest of the device's, and may be lowered", () => {
  expect(new Device(losable().open).limits.storageBytes).toBe(2 ** 28);
  expect(new Device(losable().open, 4096).limits.storageBytes).toBe(4096);
});
