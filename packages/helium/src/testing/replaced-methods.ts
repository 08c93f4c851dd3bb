import type { Backend } from "@helium-lm/tensor";
import type { CheckpointReader } from "@helium-lm/nn";
import type { ModelSource } from "../sources/index.ts";

/** The backend with some of its methods replaced. */
export function withBackendMethods(inner: Backend, replaced: Partial<Backend>): Backend {
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

/** The same source, with some methods of the weights' reader replaced. */
export function withReaderMethods(
  source: ModelSource,
  replaced: (reader: CheckpointReader) => Partial<CheckpointReader>,
): ModelSource {
  const openWeights = async (): Promise<CheckpointReader> => {
    const reader = await source.openWeights();
    return {
      names: () => reader.names(),
      has: (name) => reader.has(name),
      info: (name) => reader.info(name),
      readBytes: (name) => reader.readBytes(name),
      close: () => reader.close(),
      ...replaced(reader),
    };
  };
  return { ...source, openWeights };
}
