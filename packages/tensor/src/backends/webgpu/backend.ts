import type { Backend, Capabilities, MemoryInfo, Recorder, Rehearsal } from "../../contract/backend.ts";
import type { KernelTable } from "../../contract/kernel-table.ts";
import type { StorageHandle, StorageSpec } from "../../contract/operand.ts";
import { dtypes } from "../../dtypes/dtype.ts";
import { BackendError } from "../../errors.ts";
import { BindGroups } from "./bind-groups.ts";
import { BufferPool } from "./storages/buffers.ts";
import { Commands } from "./commands.ts";
import type { Device } from "./device/device.ts";
import { testFeatures } from "./features/self-test.ts";
import { Features } from "./features/features.ts";
import { IndexChecks } from "./index-checks.ts";
import { KernelContext } from "./kernel-context.ts";
import { webGpuKernels } from "./kernels/index.ts";
import { checkStorageBytes, type DeviceLimits } from "./device/limits.ts";
import { Pipelines } from "./pipelines.ts";
import { profileWork, type Profile } from "./profiling/profile.ts";
import { measureRoof, type Roof } from "./profiling/roof.ts";
import { allocQuant, QuantStorage, readBlocks, writeBlocks } from "./storages/quant-store.ts";
import { WebGpuRecorder } from "./recording/recorder.ts";
import { Readback } from "./readback.ts";
import { idleDevice } from "./rehearsal/idle-device.ts";
import { allocRows, readRows, RowShards, writeRows } from "./storages/row-shards.ts";
import { storageOf, WebGpuStorage } from "./storages/storage.ts";
import { uploadBytes } from "./storages/upload.ts";

/** Our kernels in WGSL on one device. */
export class WebGpuBackend implements Backend {
  readonly name = "webgpu";
  readonly capabilities: Capabilities;
  readonly kernels: KernelTable;
  readonly #device: Device;
  readonly #context: KernelContext;
  readonly #readback: Readback;
  #handles = 0;
  #bytes = 0;
  #peakBytes = 0;
  #replays = 0;
  #replayReason: string | null = null;

  constructor(device: Device, debug: boolean, features = new Features(device)) {
    const commands = new Commands(device, debug);
    const groups = new BindGroups(device, commands.params.buffer);
    const pool = new BufferPool(device, {
      onDestroy: (buffer) => {
        // Work that was submitted still runs to its end.
        if (commands.isPending(buffer)) commands.flush();
        groups.clear();
      },
      onNoRoom: (message) => commands.noRoom(message),
    });
    const checks = new IndexChecks(device, pool);
    this.#device = device;
    const pipelines = new Pipelines(device, features);
    this.#context = new KernelContext({ device, features, pool, commands, groups, checks, pipelines });
    this.#readback = new Readback(device, commands, checks);
    this.kernels = webGpuKernels(this.#context);
    this.capabilities = {
      syncRead: false,
      byteAddressable: true,
      maxStorageBytes: device.limits.storageBytes,
      threads: 1,
    };
  }

  /** Turns off optional features whose kernels give other numbers than plain ones. */
  testFeatures(): Promise<void> {
    return testFeatures(this.#context, this);
  }

  rehearse(): Rehearsal {
    this.#device.check();
    const { features, pipelines } = this.#context.parts;
    const backend = new WebGpuBackend(idleDevice(this.#device), false, features);
    return { backend, ready: () => pipelines.warm(backend.#context.parts.pipelines.shaders) };
  }

  /** Does work and tells what each kernel took. Meanwhile, each dispatch is a pass of its own. */
  profile(work: () => Promise<unknown>): Promise<Profile> {
    this.#device.check("profile");
    return profileWork(this.#device, this.#context.parts.commands, work);
  }

  get limits(): DeviceLimits {
    return this.#device.limits;
  }

  /** How fast the device reads and computes at most. */
  roof(): Promise<Roof> {
    this.#device.check("roof");
    return measureRoof(this.#context, (work) => this.profile(work));
  }

  alloc(spec: StorageSpec): StorageHandle {
    this.#device.check();
    if (spec.kind === "quant") return this.#counted(allocQuant(this.#context, spec));
    const bytes = spec.length * dtypes[spec.dtype].bytes;
    const rows = bytes > this.#device.limits.storageBytes ? allocRows(this.#context, spec) : null;
    if (rows) return this.#counted(rows);
    checkStorageBytes(this.#device.limits, bytes, spec);
    // Where there is no room on the device, it says so when it is used.
    return this.#counted(new WebGpuStorage(spec, bytes, this.#context.take(bytes)));
  }

  #counted<S extends { readonly byteLength: number }>(storage: S): S {
    this.#handles++;
    this.#count(storage.byteLength);
    return storage;
  }

  release(handle: StorageHandle): void {
    if (this.#device.isDisposed) return;
    const isSplit = handle instanceof QuantStorage || handle instanceof RowShards;
    const storages = isSplit ? handle.shards.map((shard) => shard.storage) : [storageOf(handle)];
    for (const storage of storages) {
      storage.release();
      this.#bytes -= storage.byteLength;
    }
    this.#handles--;
  }

  write(handle: StorageHandle, bytes: Uint8Array): void {
    this.writePart(handle, 0, bytes);
  }

  writePart(handle: StorageHandle, offset: number, bytes: Uint8Array): void {
    this.#device.check();
    if (handle instanceof QuantStorage) return writeBlocks(this.#context, handle, offset, bytes);
    const storage = handle instanceof RowShards ? handle : storageOf(handle);
    if (offset + bytes.byteLength > storage.byteLength)
      throw new BackendError(
        "webgpu",
        `write of ${offset + bytes.byteLength} bytes into a storage of ${storage.byteLength}`,
      );
    if (storage instanceof RowShards) writeRows(this.#context, storage, offset, bytes);
    else uploadBytes(this.#context, storage, offset, bytes);
  }

  async read(handle: StorageHandle): Promise<Uint8Array> {
    this.#device.check("read");
    this.#context.recorded?.log.refuse("a part of it is read by the host");
    if (handle instanceof QuantStorage) return readBlocks(this.#readback, handle);
    if (handle instanceof RowShards) return readRows(this.#readback, handle);
    return this.#readback.read(storageOf(handle));
  }

  async synchronize(): Promise<void> {
    this.#device.check("synchronize");
    await this.#readback.settleChecks();
    await this.#context.parts.commands.finish();
    this.#device.check("synchronize");
  }

  memory(): MemoryInfo {
    return { handles: this.#handles, bytes: this.#bytes, peakBytes: this.#peakBytes };
  }

  createRecorder(): Recorder {
    this.#device.check();
    return new WebGpuRecorder({
      context: this.#context,
      count: (bytes) => this.#count(bytes),
      noteRun: (reason) => {
        if (reason === null) this.#replays++;
        this.#replayReason = reason;
      },
    });
  }

  info(): Readonly<Record<string, string | number | boolean>> {
    const { device, features, pool, commands, pipelines, groups } = this.#context.parts;
    return {
      backend: this.name,
      threads: 1,
      ...device.adapter,
      software: device.isFallback,
      ...features.info(),
      maxStorageBytes: device.limits.storageBytes,
      deviceBuffers: pool.counts.count,
      deviceBytes: pool.counts.bytes,
      ...pipelines.counts,
      bindGroups: groups.made,
      ...commands.counts,
      reads: this.#readback.reads,
      replays: this.#replays,
      ...(this.#replayReason !== null && { replayReason: this.#replayReason }),
    };
  }

  dispose(): void {
    if (this.#device.isDisposed) return;
    this.#device.dispose();
    this.#handles = 0;
    this.#bytes = 0;
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    this.#peakBytes = Math.max(this.#peakBytes, this.#bytes);
  }
}
