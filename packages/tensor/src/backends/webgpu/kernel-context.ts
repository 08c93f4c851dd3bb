import type { StorageHandle } from "../../contract/operand.ts";
import type { BindGroups } from "./bind-groups.ts";
import type { BufferPool, DeviceBuffer } from "./buffers.ts";
import type { Commands } from "./commands.ts";
import type { Device } from "./device.ts";
import { unsettled, type IndexCheck, type IndexChecks } from "./index-checks.ts";
import { gridOf } from "./limits.ts";
import { SLOT_WORDS } from "./params.ts";
import type { Pipelines, Shader } from "./pipelines.ts";
import { storageOf, type WebGpuStorage } from "./storage.ts";

/** Memory for the time of one op. */
export interface Temporary {
  readonly temporary: DeviceBuffer;
}

/** An operand, or memory for a time. */
export type Place = { readonly handle: StorageHandle } | Temporary;

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
}

/** What a context works with. */
export interface ContextParts {
  readonly device: Device;
  readonly pool: BufferPool;
  readonly commands: Commands;
  readonly pipelines: Pipelines;
  readonly groups: BindGroups;
  readonly checks: IndexChecks;
}

/** What the kernels of the backend are written with: shaders, storages, commands. */
export class KernelContext {
  readonly parts: ContextParts;
  readonly #shaders = new Map<string, Shader>();
  readonly #temporaries: Temporary[] = [];

  constructor(parts: ContextParts) {
    this.parts = parts;
  }

  get device(): Device {
    return this.parts.device;
  }

  /** The shader of a key, made once. */
  shader(key: string, make: () => Shader): Shader {
    let shader = this.#shaders.get(key);
    if (!shader) this.#shaders.set(key, (shader = make()));
    return shader;
  }

  /** Queues a kernel. */
  run({ shader, reads, writes, words, groups, check }: Call): void {
    if (groups === 0) return;
    const { device, commands, pipelines } = this.parts;
    device.check(shader.name);
    const [x, y] = gridOf(shader.name, groups, device.limits);
    if (words.length >= SLOT_WORDS) throw new RangeError(`${shader.name} has ${words.length} parameters`);
    this.scoped(() => {
      const written = writes.map(bufferOf);
      if (check) written.push(this.parts.checks.buffer);
      const buffers = [...reads.map((place) => this.#apart(bufferOf(place), written)), ...written];
      noteResults(commands, reads, writes, check);
      for (const buffer of buffers) commands.uses(buffer);
      const pipeline = pipelines.get(shader);
      const group = this.parts.groups.get(pipeline, buffers);
      commands.dispatch({ pipeline, group, offset: commands.params.add([x, ...words]), x, y });
    });
  }

  /** A check of the indices of one call into a table of so many entries. */
  checkIndices(op: string, length: number): IndexCheck {
    return this.parts.checks.add(op, length);
  }

  /** Memory until the end of the running `scoped`. */
  temporary(bytes: number): Temporary {
    const made = { temporary: this.parts.pool.take(bytes) };
    this.#temporaries.push(made);
    return made;
  }

  /** Runs `fn` and gives back the temporaries it took. */
  scoped(fn: () => void): void {
    const before = this.#temporaries.length;
    try {
      fn();
    } finally {
      for (const { temporary } of this.#temporaries.splice(before)) this.parts.pool.give(temporary);
    }
  }

  /** A dispatch may not read a buffer that it writes: it reads a copy. */
  #apart(buffer: DeviceBuffer, written: readonly DeviceBuffer[]): DeviceBuffer {
    if (!written.includes(buffer)) return buffer;
    const { temporary } = this.temporary(buffer.bytes);
    this.parts.commands.copy(buffer, 0, temporary.gpu, 0, buffer.bytes);
    return temporary;
  }
}

const bufferOf = (place: Place): DeviceBuffer =>
  "temporary" in place ? place.temporary : storageOf(place.handle).buffer;

const storagesOf = (places: readonly Place[]): WebGpuStorage[] =>
  places.flatMap((place) => ("temporary" in place ? [] : [storageOf(place.handle)]));

/** What is wrong with what a kernel reads is wrong with what it writes. */
function noteResults(
  commands: Commands,
  reads: readonly Place[],
  writes: readonly Place[],
  check: IndexCheck | undefined,
): void {
  const inputs = storagesOf(reads);
  for (const output of storagesOf(writes)) {
    commands.writes(output);
    let checks = unsettled(output.checks);
    for (const input of inputs) {
      output.failure ??= input.failure;
      checks = joined(checks, (input.checks = unsettled(input.checks)));
    }
    output.checks = check ? joined(checks, [check]) : checks;
  }
}

function joined(a: readonly IndexCheck[], b: readonly IndexCheck[]): readonly IndexCheck[] {
  if (a === b || b.length === 0) return a;
  if (a.length === 0) return b;
  return [...new Set([...a, ...b])];
}
