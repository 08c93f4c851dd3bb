import type { Backend } from "@helium-lm/tensor";

/** The backend with some of its methods replaced. */
export function delegate(inner: Backend, replaced: Partial<Backend>): Backend {
  return {
    name: inner.name,
    capabilities: inner.capabilities,
    kernels: inner.kernels,
    alloc: (spec) => inner.alloc(spec),
    release: (handle) => inner.release(handle),
    write: (handle, bytes) => inner.write(handle, bytes),
    read: (handle) => inner.read(handle),
    synchronize: () => inner.synchronize(),
    memory: () => inner.memory(),
    info: () => inner.info(),
    dispose: () => inner.dispose(),
    ...replaced,
  };
}
