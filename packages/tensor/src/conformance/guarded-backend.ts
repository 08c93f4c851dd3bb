import type { Backend, Operand, StorageHandle } from "../backend.ts";
import { dtypes } from "../dtype.ts";
import { formatShape } from "../layout.ts";
import { Mismatch } from "./compare.ts";

/** Foreign elements on each side of every storage; odd, so that nothing is aligned. */
const GUARD = 5;
/** All ones: NaN in every float dtype, −1 or the largest number in the integer ones. */
const SENTINEL = 0xff;

interface Guarded {
  readonly inner: StorageHandle;
  readonly bytesPerElement: number;
  readonly label: string;
  /** What the host wrote, until a kernel gets the storage as its output. */
  written: Uint8Array | null;
}

/** A backend that surrounds every storage with sentinels. */
export interface GuardedBackend {
  readonly backend: Backend;
  /** @throws Mismatch when a kernel wrote beside an output or into an input */
  inspect(): Promise<void>;
}

/**
 * Wraps a backend so that every storage lies inside a larger one. Contents start as sentinels, kernels get the same
 * operands with shifted offsets, and `inspect` reads all live storages to see what changed.
 */
export function guardBackend(backend: Backend): GuardedBackend {
  const live = new Map<StorageHandle, Guarded>();

  const framed = (bytes: Uint8Array | null, total: number, { bytesPerElement }: Guarded): Uint8Array => {
    const frame = new Uint8Array(total).fill(SENTINEL);
    if (bytes) frame.set(bytes, GUARD * bytesPerElement);
    return frame;
  };

  const shift = (operand: Operand): Operand => {
    const guarded = live.get(operand.handle);
    if (!guarded) return operand;
    const { layout, dtype } = operand;
    return { handle: guarded.inner, layout: { ...layout, offset: layout.offset + GUARD }, dtype };
  };

  type AnyKernel = (out: Operand, inputs: Readonly<Record<string, Operand | undefined>>, params: unknown) => void;
  const guardKernel = (kernel: AnyKernel): AnyKernel => {
    return (out, inputs, params) => {
      const target = live.get(out.handle);
      if (target) target.written = null;
      const shifted = Object.entries(inputs).map(([name, operand]) => [name, operand && shift(operand)] as const);
      kernel(shift(out), Object.fromEntries(shifted), params);
    };
  };
  const kernels = Object.entries(backend.kernels).map(
    ([op, kernel]) => [op, guardKernel(kernel as AnyKernel)] as const,
  );

  const storageOf = (handle: StorageHandle): Guarded => {
    const guarded = live.get(handle);
    if (!guarded) throw new Mismatch("guarded backend: handle is not alive");
    return guarded;
  };
  const lengthOf = ({ spec }: StorageHandle): number => (spec.kind === "dense" ? spec.length : 0);

  return {
    backend: {
      name: backend.name,
      capabilities: backend.capabilities,
      kernels: Object.fromEntries(kernels) as unknown as Backend["kernels"],
      supports: (op, given) => backend.supports(op, given),
      alloc(spec) {
        if (spec.kind !== "dense") return backend.alloc(spec);
        const { bytes } = dtypes[spec.dtype];
        const inner = backend.alloc({ ...spec, length: spec.length + 2 * GUARD });
        const label = `${spec.dtype}${formatShape([spec.length])}`;
        const guarded: Guarded = { inner, bytesPerElement: bytes, label, written: null };
        backend.write(inner, framed(null, (spec.length + 2 * GUARD) * bytes, guarded));
        const handle: StorageHandle = { spec };
        live.set(handle, guarded);
        return handle;
      },
      release(handle) {
        backend.release(live.get(handle)?.inner ?? handle);
        live.delete(handle);
      },
      write(handle, bytes) {
        const guarded = storageOf(handle);
        guarded.written = bytes.slice();
        backend.write(guarded.inner, framed(bytes, (lengthOf(handle) + 2 * GUARD) * guarded.bytesPerElement, guarded));
      },
      async read(handle) {
        const { inner, bytesPerElement } = storageOf(handle);
        const bytes = await backend.read(inner);
        const start = GUARD * bytesPerElement;
        return bytes.slice(start, start + lengthOf(handle) * bytesPerElement);
      },
      synchronize: () => backend.synchronize(),
      memory: () => backend.memory(),
      info: () => backend.info(),
      dispose: () => undefined,
    },
    async inspect() {
      for (const [handle, { inner, bytesPerElement, written, label }] of live) {
        const bytes = await backend.read(inner);
        const start = GUARD * bytesPerElement;
        const end = start + lengthOf(handle) * bytesPerElement;
        const touched = bytes.findIndex((byte, i) => (i < start || i >= end) && byte !== SENTINEL);
        if (touched >= 0) {
          const element = Math.floor(touched / bytesPerElement) - GUARD;
          throw new Mismatch(`a kernel wrote outside a storage of ${label}: element ${element} changed`);
        }
        const changed = written?.findIndex((byte, i) => bytes[start + i] !== byte) ?? -1;
        if (changed >= 0) {
          throw new Mismatch(
            `a kernel changed its input of ${label} at element ${Math.floor(changed / bytesPerElement)}`,
          );
        }
      }
    },
  };
}
