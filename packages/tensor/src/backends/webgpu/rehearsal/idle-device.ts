import { Device } from "../device/device.ts";

/**
 * A device that takes all commands and does none: its buffers have no memory, what is read is zero. To kernels it looks like the
 * one given.
 */
export function idleDevice({ gpu, gpuAdapter, limits, features, isFallback }: Device): Device {
  const open = { adapter: gpuAdapter, device: idleGpu(gpu), language: [...features] };
  return Object.assign(new Device(open, limits.storageBytes), { isFallback });
}

const nothing = (): void => undefined;
const done = async (): Promise<void> => undefined;
const object = (): object => ({});

/** What a backend calls of a GPUDevice, and of limits those that it looks at. */
export function idleGpu({ limits, features }: Pick<GPUDevice, "features"> & { readonly limits: object }): GPUDevice {
  const pass = { setPipeline: nothing, setBindGroup: nothing, dispatchWorkgroups: nothing, end: nothing };
  const encoder = { beginComputePass: () => pass, copyBufferToBuffer: nothing, finish: object };
  const idle = {
    ...{ limits, features, lost: new Promise(nothing), destroy: nothing },
    queue: { writeBuffer: nothing, submit: nothing, onSubmittedWorkDone: done },
    createBuffer: ({ size }: GPUBufferDescriptor) => ({
      ...{ size, destroy: nothing, mapAsync: done, unmap: nothing },
      getMappedRange: (offset = 0, length = size - offset) => new ArrayBuffer(length),
    }),
    ...{ createShaderModule: object, createComputePipeline: object, createComputePipelineAsync: async () => ({}) },
    ...{ createBindGroupLayout: object, createPipelineLayout: object, createBindGroup: object },
    createCommandEncoder: () => encoder,
    pushErrorScope: nothing,
    popErrorScope: async () => null,
  };
  return idle as unknown as GPUDevice;
}
