import type { Backend } from "../contract/backend.ts";
import type { Operand, StorageHandle } from "../contract/operand.ts";
import { dtypes, isFloat, type DType } from "../dtypes/dtype.ts";
import { mapEntries, type Condition } from "../contract/kernel-table.ts";
import { writtenInputs, type Kernel, type OpName } from "../contract/kernels.ts";
import { Mismatch } from "./compare.ts";

/** Foreign elements on each side of every storage; odd, so that nothing is aligned. */
const GUARD = 5;

interface Guarded {
  readonly inner: StorageHandle;
  readonly dtype: DType;
  readonly length: number;
  /** What the host wrote, until a kernel gets the storage as its output. */
  written: Uint8Array | null;
}

/** A backend that surrounds every storage with sentinels. */
export interface GuardedBackend {
  readonly backend: Backend;
  /** @throws Mismatch when a kernel wrote beside an output or into an input */
  inspect(): Promise<void>;
}

/** `count` sentinels of a dtype, as stored: NaN, −1 (the largest number where there is no sign), true. */
function sentinels(dtype: DType, count: number): Uint8Array {
  const { bytes, encode, view } = dtypes[dtype];
  const buffer = new ArrayBuffer(count * bytes);
  view(buffer, 0, count).fill(encode(isFloat(dtype) ? NaN : -1));
  return new Uint8Array(buffer);
}

type AnyKernel = (out: Operand, inputs: Readonly<Record<string, Operand | undefined>>, params: unknown) => void;

/**
 * Wraps a backend so that every dense storage lies inside a larger one. Contents start as sentinels, kernels get the same
 * operands with shifted offsets, and `inspect` reads all live storages to see what changed.
 */
export function guardBackend(backend: Backend): GuardedBackend {
  const live = new Map<StorageHandle, Guarded>();

  const storageOf = (handle: StorageHandle): Guarded => {
    const guarded = live.get(handle);
    if (!guarded) throw new Mismatch("guarded backend: handle is not alive");
    return guarded;
  };

  const shift = (operand: Operand): Operand => {
    const guarded = live.get(operand.handle);
    if (!guarded) return operand;
    const { layout, dtype } = operand;
    return { handle: guarded.inner, layout: { ...layout, offset: layout.offset + GUARD }, dtype };
  };

  const shiftAll = <I extends object>(inputs: I): I =>
    Object.fromEntries(
      Object.entries(inputs).map(([name, operand]: [string, Operand | undefined]) => [name, operand && shift(operand)]),
    ) as I;
  /** A kernel that asks for places of its operands is asked about those that it gets. */
  const guardedCondition = <K extends OpName>(when: Condition<K>): Condition<K> => ({
    says: when.says,
    holds: (inputs, params, out) => when.holds(shiftAll(inputs), params, out && shift(out)),
  });

  const guardKernel = (kernel: AnyKernel, written: readonly string[]): AnyKernel => {
    return (out, inputs, params) => {
      for (const operand of [out, ...written.map((name) => inputs[name])]) {
        const target = operand && live.get(operand.handle);
        if (target) target.written = null;
      }
      kernel(shift(out), shiftAll(inputs), params);
    };
  };
  const guarded = <K extends OpName>(run: Kernel<K>, op: K): Kernel<K> =>
    guardKernel(run as unknown as AnyKernel, writtenInputs[op] ?? []) as unknown as Kernel<K>;

  return {
    backend: {
      name: backend.name,
      capabilities: backend.capabilities,
      kernels: mapEntries(backend.kernels, (entry, op) => ({
        ...entry,
        run: guarded(entry.run, op),
        ...(entry.when && { when: guardedCondition(entry.when) }),
      })),
      alloc(spec) {
        if (spec.kind !== "dense") return backend.alloc(spec);
        const { dtype, length } = spec;
        const inner = backend.alloc({ ...spec, length: length + 2 * GUARD });
        backend.write(inner, sentinels(dtype, length + 2 * GUARD));
        const handle: StorageHandle = { spec };
        live.set(handle, { inner, dtype, length, written: null });
        return handle;
      },
      release(handle) {
        backend.release(live.get(handle)?.inner ?? handle);
        live.delete(handle);
      },
      write(handle, bytes) {
        if (handle.spec.kind !== "dense") return backend.write(handle, bytes);
        const guarded = storageOf(handle);
        const { inner, dtype, length } = guarded;
        guarded.written = bytes.slice();
        const frame = sentinels(dtype, length + 2 * GUARD);
        frame.set(bytes, GUARD * dtypes[dtype].bytes);
        backend.write(inner, frame);
      },
      async read(handle) {
        if (handle.spec.kind !== "dense") return backend.read(handle);
        const { inner, dtype, length } = storageOf(handle);
        const { bytes } = dtypes[dtype];
        return (await backend.read(inner)).slice(GUARD * bytes, (GUARD + length) * bytes);
      },
      synchronize: () => backend.synchronize(),
      memory: () => backend.memory(),
      info: () => backend.info(),
      dispose: () => undefined,
    },
    async inspect() {
      for (const guarded of live.values()) expectUntouched(guarded, await backend.read(guarded.inner));
    },
  };
}

function expectUntouched({ dtype, length, written }: Guarded, bytes: Uint8Array): void {
  const { bytes: size } = dtypes[dtype];
  const [start, end] = [GUARD * size, (GUARD + length) * size];
  const frame = sentinels(dtype, length + 2 * GUARD);
  const touched = frame.findIndex((byte, i) => (i < start || i >= end) && byte !== bytes[i]);
  if (touched >= 0) {
    const element = Math.floor(touched / size) - GUARD;
    throw new Mismatch(`a kernel wrote outside a storage of ${dtype}[${length}]: element ${element} changed`);
  }
  const changed = written?.findIndex((byte, i) => bytes[start + i] !== byte) ?? -1;
  if (changed >= 0)
    throw new Mismatch(`a kernel changed its input of ${dtype}[${length}] at element ${Math.floor(changed / size)}`);
}
