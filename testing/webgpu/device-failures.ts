import { globals } from "webgpu";

const { GPUDevice: Device, GPUOutOfMemoryError: OutOfMemory } = globals as {
  readonly GPUDevice: typeof GPUDevice;
  readonly GPUOutOfMemoryError: typeof GPUOutOfMemoryError;
};

type Method = "createCommandEncoder" | "createBuffer" | "popErrorScope";

/** Does something else instead of the next call of a method of any device, when it is told to. */
function instead<M extends Method>(
  method: M,
  other: (device: GPUDevice, call: () => ReturnType<GPUDevice[M]>) => ReturnType<GPUDevice[M]>,
): () => void {
  let isAsked = false;
  const original = Reflect.get(Device.prototype, method) as unknown as (...given: unknown[]) => unknown;
  Reflect.set(
    Device.prototype,
    method,
    new Proxy(original, {
      apply(target, device: GPUDevice, given: unknown[]) {
        const call = (): ReturnType<GPUDevice[M]> => Reflect.apply(target, device, given) as ReturnType<GPUDevice[M]>;
        if (!isAsked) return call();
        isAsked = false;
        return other(device, call);
      },
    }),
  );
  return () => void (isAsked = true);
}

/** After `refuse()` the next batch of commands is refused: something is asked of its device that is never valid. */
export const refuse = instead("createCommandEncoder", (device, call) => {
  device.createBuffer({ size: 4, usage: 0 });
  return call();
});

const tellOfNoRoom = instead("popErrorScope", async (_, call) => {
  await call();
  return new OutOfMemory("there is no room");
});

/** After `leaveNoRoom()` there is no room for the next buffer, which is then one that no command can use. */
export const leaveNoRoom = instead("createBuffer", (device) => {
  tellOfNoRoom();
  return device.createBuffer({ size: 4, usage: 0 });
});
