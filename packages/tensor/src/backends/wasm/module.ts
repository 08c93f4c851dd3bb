import type * as NodeV8 from "node:v8";
import { BackendError } from "../../errors.ts";
import { plainBinary } from "./binaries/plain.ts";
import { relaxedBinary } from "./binaries/relaxed.ts";
import { nodeModule } from "../../workers/node-module.ts";
import type { Codegen } from "./codegen/choose.ts";
import { withV8Flags, type V8Flags } from "./codegen/v8-flags.ts";
import { kernelNames, type KernelName, type WasmKernel } from "./kernel-names.ts";

export type Build = "plain" | "relaxed";

const binaries: { readonly [K in Build]: string } = { plain: plainBinary, relaxed: relaxedBinary };

/** The bytes of an embedded binary: base64, then zlib. */
async function unpack(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const packed = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Reads an unsigned LEB128 number; gives the value and the position after it. */
function readVar(bytes: Uint8Array, at: number): [value: number, next: number] {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return [value, at];
  }
}

/**
 * The binaries import a shared memory. Where there is none the flag of the import (section 2; limits 0x03 = maximum and
 * shared) becomes 0x01: the kernels hold no atomic instruction.
 */
function unshare(bytes: Uint8Array): void {
  let at = 8;
  while (at < bytes.length) {
    const id = bytes[at];
    const [size, body] = readVar(bytes, at + 1);
    if (id === 2) {
      let [, p] = readVar(bytes, body);
      for (let name = 0; name < 2; name++) {
        const [length, next] = readVar(bytes, p);
        p = next + length;
      }
      if (bytes[p] === 0x02 && bytes[p + 1] === 0x03) bytes[p + 1] = 0x01;
      return;
    }
    at = body + size;
  }
}

/** What is compiled and how; `wide` needs an engine of which `chooseCodegen` says so. */
export interface Compilation {
  readonly build: Build;
  /** Whether the memory is shared. */
  readonly shared: boolean;
  readonly codegen: Codegen;
}

const compiled = new Map<string, Promise<WebAssembly.Module>>();

/** Compiles a build once per process. @throws BackendError when the engine rejects the binary */
export function compileKernels({ build, shared, codegen }: Compilation): Promise<WebAssembly.Module> {
  const key = `${build} ${shared} ${codegen}`;
  const known = compiled.get(key);
  if (known) return known;
  const compiling = compile({ build, shared, codegen });
  compiled.set(key, compiling);
  return compiling;
}

async function compile({ build, shared, codegen }: Compilation): Promise<WebAssembly.Module> {
  const bytes = await unpack(binaries[build]);
  if (!shared) unshare(bytes);
  try {
    return await (codegen === "wide" ? compileWide(bytes) : WebAssembly.compile(bytes));
  } catch (cause) {
    throw new BackendError(
      "wasm",
      `the engine does not compile the ${build} kernels; use the cpu backend`,
      { build, codegen },
      { cause },
    );
  }
}

/**
 * The optimising compiler alone pairs operations. So that the flags are set no longer than one call takes, it compiles all
 * functions at once, none by the baseline compiler (whose feedback `wasm-deopt` would look for: V8 14 ends the process).
 */
const wideFlags: V8Flags = {
  "experimental-wasm-revectorize": true,
  liftoff: false,
  "wasm-lazy-compilation": false,
  "wasm-deopt": false,
};

/** An empty custom section: V8 keeps code by a module's bytes, and these are to differ from those of plain code. */
const wideMark = (): Uint8Array => {
  const name = new TextEncoder().encode("helium-lm.wide");
  return new Uint8Array([0, name.length + 1, name.length, ...name]);
};

async function compileWide(bytes: Uint8Array): Promise<WebAssembly.Module> {
  const mark = wideMark();
  const marked = new Uint8Array(bytes.length + mark.length);
  marked.set(bytes);
  marked.set(mark, bytes.length);
  const v8 = await nodeModule<typeof NodeV8>("v8");
  return withV8Flags(v8, wideFlags, () => new WebAssembly.Module(marked));
}

/** The kernels of a module on one memory, by code. */
export function instantiateKernels(module: WebAssembly.Module, memory: WebAssembly.Memory): readonly WasmKernel[] {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return kernelNames.map((name) => exports[name] as unknown as WasmKernel);
}

const codes = new Map(kernelNames.map((name, code) => [name, code]));

export function kernelCode(name: KernelName): number {
  return codes.get(name) as number;
}
