import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import { dotTiles, outerTiles } from "./dot-tiles.ts";
import { quantConversions } from "./quant/conversions.ts";
import { quantTiles } from "./quant/tiles.ts";

export const root = fileURLToPath(new URL("../../", import.meta.url));

/** The wasm backend, from the root. */
export const folder = "packages/tensor/src/backends/wasm";

/** The two binaries and the compiler's options that make the difference. */
export const builds = {
  plain: [],
  relaxed: ["--enable", "relaxed-simd"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type BuildName = keyof typeof builds;

export const buildNames = Object.keys(builds) as BuildName[];

/** Sources that are written here, by the name under which assembly/ imports them. */
export const generated: Readonly<Record<string, () => string>> = {
  "dot-tiles": dotTiles,
  "outer-tiles": outerTiles,
  "quant-tiles": quantTiles,
  "quant-conversions": quantConversions,
};

const sourceOf = (path: string): string | null => {
  const name = /assembly\/generated\/([\w-]+)\.ts$/.exec(path)?.[1];
  if (name !== undefined) return generated[name]?.() ?? null;
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
};

const flags = [
  `${folder}/assembly/index.ts`,
  ...["--outFile", "kernels.wasm", "--textFile", "kernels.wat", "--runtime", "stub", "--noAssert", "-O3"],
  ...["--importMemory", "--sharedMemory", "--initialMemory", "2", "--maximumMemory", "65536"],
  ...["--enable", "simd", "--enable", "threads"],
  // v128 parameters never cross to JavaScript: only the kernels are exported.
  ...["--disableWarning", "112"],
];

/** Kernels as bytes, and as text, which has the functions' names. */
export interface Compiled {
  readonly binary: Uint8Array;
  readonly text: string;
}

/** Compiles the kernels; warnings go to stderr. @throws Error where the sources do not compile */
export async function compile(build: BuildName): Promise<Compiled> {
  let binary: Uint8Array | undefined;
  let text = "";
  const stderr = asc.createMemoryStream();
  process.chdir(root);
  const { error } = await asc.main([...flags, ...builds[build]], {
    stderr,
    readFile: (name, base) => sourceOf(`${base}/${name}`),
    writeFile: (_, contents) => {
      if (typeof contents === "string") text = contents;
      else binary = contents;
    },
    listFiles: () => [],
  });
  const messages = stderr.toString();
  if (messages !== "") process.stderr.write(messages);
  if (error !== null || binary === undefined) throw error ?? new Error("asc wrote no binary");
  return { binary, text };
}
