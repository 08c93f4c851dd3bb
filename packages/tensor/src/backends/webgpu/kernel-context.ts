import type { Operand, StorageHandle } from "../../contract/operand.ts";
import { dtypes } from "../../dtypes/dtype.ts";
import type { BindGroups } from "./bind-groups.ts";
import type { BufferPool, DeviceBuffer } from "./storages/buffers.ts";
import type { Commands } from "./commands.ts";
import type { Device } from "./device/device.ts";
import type { Features } from "./features/features.ts";
import { unsettled, type IndexCheck, type IndexChecks } from "./index-checks.ts";
import { gridOf } from "./device/limits.ts";
import { SLOT_WORDS } from "./params.ts";
import type { Pipelines, Shader } from "./pipelines.ts";
import type { CommandLog, LoggedCommand } from "./recording/command-log.ts";
import type { Region } from "./recording/region.ts";
import { storageOf, type Taken, type WebGpuStorage } from "./storages/storage.ts";

/** Work that is being noted. */
export interface Recorded {
  readonly log: CommandLog;
  readonly region: Region;
  /** A buffer that holds what the host writes. */
  readonly constant: (bytes: Uint8Array) => DeviceBuffer;
  /** The place of the i-th check of indices of a run. */
  readonly place: (i: number) => number;
}

/** Memory for the time of one op. */
export interface Temporary {
  readonly temporary: DeviceBuffer;
  readonly bytes: number;
}

/** A storage of which a kernel touches so many bytes. */
export interface Part {
  readonly handle: StorageHandle;
  readonly bytes: number;
}

/** An operand, all of which a kernel touches, a part of a storage, or memory for a time. */
export type Place = Operand | Part | Temporary;

/** What a kernel is run on. */
export interface Call {
  readonly shader: Shader;
  /** In the order of the shader's bindings. */
  readonly reads: readonly Place[];
  readonly writes: readonly Place[];
  /** Parameters from word 1 on; word 0 is the columns of the grid. Floats go through `floatWord`. */
  readonly words: readonly number[];
  /** Workgroups; none = nothing to do. Number g of them is `group.x + group.y · columns`; the grid may have more. */
  readonly groups: number;
  /** A kernel that looks at indices has the words about them as the last storage that it writes. */
  readonly check?: IndexCheck;
  /** Multiplications and additions, where it is a product. */
  readonly flops?: number;
}

/** What a context works with. */
export interface ContextParts {
  readonly device: Device;
  readonly features: Features;
  readonly pool: BufferPool;
  readonly commands: Commands;
  readonly pipelines: Pipelines;
  readonly groups: BindGroups;
  readonly checks: IndexChecks;
}

/** What the kernels of the backend are written with: shaders, storages, commands. */
export class KernelContext {
  readonly parts: ContextParts;
  recorded: Recorded | null = null;
  readonly #shaders = new Map<string, Shader>();
  readonly #temporaries: Taken[] = [];

  constructor(parts: ContextParts) {
    this.parts = parts;
  }

  get device(): Device {
    return this.parts.device;
  }

  get features(): Features {
    return this.parts.features;
  }

  /** The shader of a key, made once. */
  shader(key: string, make: () => Shader): Shader {
    let shader = this.#shaders.get(key);
    if (!shader) this.#shaders.set(key, (shader = make()));
    return shader;
  }

  /** Queues a kernel. */
  run({ shader, reads, writes, words, groups, check, flops = 0 }: Call): void {
    if (groups === 0) return;
    const { device, pipelines } = this.parts;
    device.check(shader.name);
    const [x, y] = gridOf(shader.name, groups, device.limits);
    if (words.length >= SLOT_WORDS) throw new RangeError(`${shader.name} has ${words.length} parameters`);
    this.scoped(() => {
      const written = writes.map(bufferOf);
      if (check) written.push(this.parts.checks.buffer);
      const buffers = [...reads.map((place) => this.#apart(bufferOf(place), written)), ...written];
      this.#noteStorages(reads, writes, check);
      const traffic = { read: total(reads), written: total(writes) };
      this.#dispatch({ pipeline: pipelines.get(shader), buffers, words: [x, ...words], x, y, traffic, flops });
    });
  }

  /** A check of the indices of one call into a table of so many entries. */
  checkIndices(op: string, length: number): IndexCheck {
    const { recorded } = this;
    const check = this.parts.checks.add(op, length, recorded?.place(recorded.log.checks.length));
    recorded?.log.checks.push(check);
    return check;
  }

  /** Memory of at least so many bytes. */
  take(bytes: number): Taken {
    const { pool } = this.parts;
    const region = this.recorded?.region;
    const buffer = (region ?? pool).take(bytes);
    if (!region) return { buffer, isRecorded: false, giveBack: () => pool.give(buffer) };
    const { run } = region;
    return { buffer, isRecorded: true, giveBack: () => region.give(buffer, run) };
  }

  /** Memory until the end of the running `scoped`. */
  temporary(bytes: number): Temporary {
    const taken = this.take(bytes);
    this.#temporaries.push(taken);
    return { temporary: taken.buffer, bytes };
  }

  /** Runs `fn` and gives back the temporaries it took. */
  scoped(fn: () => void): void {
    const before = this.#temporaries.length;
    try {
      fn();
    } finally {
      for (const taken of this.#temporaries.splice(before)) taken.giveBack();
    }
  }

  #dispatch(command: LoggedCommand): void {
    const { commands, groups } = this.parts;
    const { pipeline, buffers, words } = command;
    for (const buffer of buffers) commands.uses(buffer);
    commands.dispatch({ ...command, group: groups.get(pipeline, buffers), offset: commands.params.add(words) });
    this.recorded?.log.commands.push(command);
  }

  /** A dispatch may not read a buffer that it writes: it reads a copy. */
  #apart(buffer: DeviceBuffer, written: readonly DeviceBuffer[]): DeviceBuffer {
    if (!written.includes(buffer)) return buffer;
    this.recorded?.log.refuse("an op writes to what it reads");
    const { temporary } = this.temporary(buffer.bytes);
    this.parts.commands.copy(buffer, 0, temporary.gpu, 0, buffer.bytes);
    return temporary;
  }

  /** What is wrong with what a kernel reads is wrong with what it writes. */
  #noteStorages(reads: readonly Place[], writes: readonly Place[], check: IndexCheck | undefined): void {
    const [inputs, outputs] = [storagesOf(reads), storagesOf(writes)];
    const log = this.recorded?.log;
    for (const storage of log ? [...inputs, ...outputs] : []) if (!storage.isRecorded) log?.storages.add(storage);
    const { commands } = this.parts;
    for (const output of outputs) {
      log?.written.add(output);
      commands.writes(output, inputs);
      let checks = unsettled(output.checks);
      for (const input of inputs) {
        output.failure ??= input.failure;
        checks = joined(checks, (input.checks = unsettled(input.checks)));
      }
      output.checks = check ? joined(checks, [check]) : checks;
    }
  }
}

/** A place of which a kernel touches less than all: some rows of a table, the pages of some sequences. */
export const partOf = (place: Place, bytes: number): Place =>
  "temporary" in place ? { ...place, bytes } : { handle: place.handle, bytes };

function bytesOf(place: Place): number {
  if ("bytes" in place) return place.bytes;
  const { shape, strides } = place.layout;
  return strides.reduce(
    (bytes, stride, axis) => (stride === 0 ? bytes : bytes * shape[axis]),
    dtypes[place.dtype].bytes,
  );
}

const total = (places: readonly Place[]): number => places.reduce((sum, place) => sum + bytesOf(place), 0);

const bufferOf = (place: Place): DeviceBuffer =>
  "temporary" in place ? place.temporary : storageOf(place.handle).buffer;

const storagesOf = (places: readonly Place[]): WebGpuStorage[] =>
  places.flatMap((place) => ("temporary" in place ? [] : [storageOf(place.handle)]));

function joined(a: readonly IndexCheck[], b: readonly IndexCheck[]): readonly IndexCheck[] {
  if (a === b || b.length === 0) return a;
  if (a.length === 0) return b;
  return [...new Set([...a, ...b])];
}
