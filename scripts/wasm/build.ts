/**
 * Builds the kernels of the wasm backend: `node scripts/wasm/build.ts` writes the two embedded binaries, `--check` fails
 * where the committed ones differ from what the sources give. Tiles and conversions are generated here and exist for the
 * compiler only, as `assembly/generated/`; `--show quant-tiles` prints one of them.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { deflateSync, inflateSync } from "node:zlib";
import asc from "assemblyscript/asc";
import { dotTiles, outerTiles } from "./dot-tiles.ts";
import { checkLayouts } from "./quant/check-layouts.ts";
import { quantConversions } from "./quant/conversions.ts";
import { quantTiles } from "./quant/tiles.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = "packages/tensor/src/backends/wasm";
const check = process.argv.includes("--check");
const stale: string[] = [];

const read = (path: string): string => {
  try {
    return readFileSync(root + path, "utf8");
  } catch {
    return "";
  }
};

/** Sources that are written here, by the name under which assembly/ imports them. */
const generated: Readonly<Record<string, () => string>> = {
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

/** Compared by the binary inside: compressed bytes may differ between versions of zlib. */
const putBinary = (path: string, name: string, binary: Uint8Array): void => {
  const present = /"([^"]+)"/.exec(read(path))?.[1];
  if (present !== undefined && inflateSync(Buffer.from(present, "base64")).equals(binary)) return;
  if (check) return void stale.push(path);
  const text = deflateSync(binary, { level: 9 }).toString("base64");
  writeFileSync(
    root + path,
    `// Written by scripts/wasm/build.ts from assembly/: zlib, base64.\nexport const ${name} =\n  "${text}";\n`,
  );
};

const flags = [
  `${folder}/assembly/index.ts`,
  ...["--outFile", "kernels.wasm", "--runtime", "stub", "--noAssert", "-O3"],
  ...["--importMemory", "--sharedMemory", "--initialMemory", "2", "--maximumMemory", "65536"],
  ...["--enable", "simd", "--enable", "threads"],
  // v128 parameters never cross to JavaScript: only the kernels are exported.
  ...["--disableWarning", "112"],
];

const compile = async (extra: readonly string[]): Promise<Uint8Array> => {
  let binary: Uint8Array | undefined;
  const stderr = asc.createMemoryStream();
  const { error } = await asc.main([...flags, ...extra], {
    stderr,
    readFile: (name, base) => sourceOf(`${base}/${name}`),
    writeFile: (_, contents) => {
      if (typeof contents !== "string") binary = contents;
    },
    listFiles: () => [],
  });
  const messages = stderr.toString();
  if (messages !== "") process.stderr.write(messages);
  if (error !== null || binary === undefined) throw error ?? new Error("asc wrote no binary");
  return binary;
};

const build = async (): Promise<void> => {
  checkLayouts();
  for (const [name, extra] of [
    ["plain", []],
    ["relaxed", ["--enable", "relaxed-simd"]],
  ] as const) {
    const binary = await compile(extra);
    putBinary(`${folder}/binaries/${name}.ts`, `${name}Binary`, binary);
    console.log(`${name}: ${binary.length} bytes`);
  }
};

process.chdir(root);
const shown = process.argv[process.argv.indexOf("--show") + 1];
if (process.argv.includes("--show"))
  console.log(generated[shown ?? ""]?.() ?? `one of ${Object.keys(generated).join(", ")}`);
else await build();
if (stale.length > 0) {
  console.error(`wasm: ${stale.join(", ")} differ from their sources; run node scripts/wasm/build.ts and commit`);
  process.exitCode = 1;
}
