import { dtypes, sizeOf } from "@helium-lm/tensor";
import { bytesSource, SafetensorsFile, type ByteSource } from "@helium-lm/nn";
import { ParityError } from "../errors.ts";

/** Values of the reference in f32. */
export interface DumpedTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** A module of the reference: its path, and the names of the tensors that went in and came out. */
export interface DumpedModule {
  readonly path: string;
  readonly input: string;
  readonly output: string;
}

const FORMAT = "helium-lm-parity-1";

/**
 * One forward pass of a model in transformers, written by `scripts/reference/dump_reference.py`: a safetensors file with
 * `input_ids` `[B, T]`, `hidden_states.{0 … L}` `[B, T, C]`, `logits` `[B, T, V]` and what went in and out of every module
 * with weights, every attention, MLP and layer. Its metadata holds `format`, `modules` (the list of them as JSON) and
 * the versions of the libraries.
 */
export class ReferenceDump {
  readonly name: string;
  /** Who made it: library versions, dtype, model. */
  readonly metadata: ReadonlyMap<string, string>;
  readonly inputIds: readonly (readonly number[])[];
  readonly modules: readonly DumpedModule[];
  readonly #file: SafetensorsFile;

  private constructor(
    file: SafetensorsFile,
    inputIds: readonly (readonly number[])[],
    modules: readonly DumpedModule[],
  ) {
    this.#file = file;
    this.name = file.name;
    this.inputIds = inputIds;
    this.modules = modules;
    this.metadata = new Map([...file.metadata].filter(([key]) => key !== "modules" && key !== "format"));
  }

  /** Takes over the source. @throws ParityError for another file, SafetensorsError, ByteSourceError */
  static async open(source: ByteSource): Promise<ReferenceDump> {
    const file = await SafetensorsFile.open(source);
    try {
      if (file.metadata.get("format") !== FORMAT)
        throw new ParityError(
          file.name,
          `is not a reference dump (format ${JSON.stringify(file.metadata.get("format") ?? null)}, expected "${FORMAT}"); ` +
            "make one with scripts/reference/dump_reference.py",
        );
      for (const needed of ["input_ids", "logits"])
        if (!file.has(needed))
          throw new ParityError(file.name, `has no ${needed}; make the dump again with dump_reference.py`, {
            missing: needed,
          });
      return new ReferenceDump(file, await idRows(file), readModules(file));
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** As `open`, from bytes. */
  static fromBytes(bytes: Uint8Array, name: string): Promise<ReferenceDump> {
    return ReferenceDump.open(bytesSource(bytes, name));
  }

  has(name: string): boolean {
    return this.#file.has(name);
  }

  /** @throws SafetensorsError for a name that is not there, ParityError for one that holds no floats */
  async tensor(name: string): Promise<DumpedTensor> {
    const { dtype, shape } = this.#file.info(name);
    if (dtype !== "f32" && dtype !== "f16" && dtype !== "bf16")
      throw new ParityError(this.name, `${name} is ${dtype}; expected f32, f16 or bf16`, { name, given: dtype });
    const { buffer } = (await this.#file.readBytes(name)).slice();
    const { view, decode } = dtypes[dtype];
    return { shape, data: Float32Array.from(view(buffer, 0, sizeOf(shape)), decode) };
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

async function idRows(file: SafetensorsFile): Promise<number[][]> {
  const { dtype, shape } = file.info("input_ids");
  const [B = 0, T = 0] = shape;
  if (dtype !== "i32" || shape.length !== 2 || sizeOf(shape) === 0)
    throw new ParityError(file.name, `input_ids is ${dtype} [${shape.join(", ")}]; expected i32 [B, T]`, {
      given: shape,
    });
  const ids = new Int32Array((await file.readBytes("input_ids")).slice().buffer);
  return Array.from({ length: B }, (_, b) => [...ids.subarray(b * T, (b + 1) * T)]);
}

function readModules(file: SafetensorsFile): DumpedModule[] {
  const modules = parseModules(file);
  for (const { input, output, path } of modules)
    for (const name of [input, output])
      if (!file.has(name))
        throw new ParityError(file.name, `module ${path} names the tensor ${name}, which is not in the file`, {
          path,
          name,
        });
  return modules;
}

function parseModules(file: SafetensorsFile): DumpedModule[] {
  try {
    const list: unknown = JSON.parse(file.metadata.get("modules") ?? "[]");
    if (Array.isArray(list) && list.every(isModule)) return list;
  } catch {
    // Told below, as any other list that is none.
  }
  throw new ParityError(file.name, "the list of modules in its metadata is damaged; make the dump again");
}

const isModule = (value: unknown): value is DumpedModule =>
  typeof value === "object" &&
  value !== null &&
  ["path", "input", "output"].every((key) => typeof (value as Record<string, unknown>)[key] === "string");
