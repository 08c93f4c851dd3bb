/**
 * Builds the kernels of the wasm backend: `node scripts/wasm/build.ts` writes the generated AssemblyScript and the two
 * embedded binaries, `--check` fails where the committed ones differ from what the sources give.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import { dotTiles } from "./dot-tiles.ts";
import { quantTiles } from "./quant-tiles.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = "packages/tensor/src/backends/wasm";
const check = process.argv.includes("--check");
const stale: string[] = [];

const put = (path: string, text: string): void => {
  if (!check) return writeFileSync(root + path, text);
  let present = "";
  try {
    present = readFileSync(root + path, "utf8");
  } catch {
    // A missing file differs.
  }
  if (present !== text) stale.push(path);
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
    readFile: (name, base) => {
      try {
        return readFileSync(`${base}/${name}`, "utf8");
      } catch {
        return null;
      }
    },
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

const embedded = (name: string, binary: Uint8Array): string =>
  [
    "// Written by scripts/wasm/build.ts from assembly/.",
    `export const ${name} =`,
    `  "${Buffer.from(binary).toString("base64")}";`,
    "",
  ].join("\n");

process.chdir(root);
put(`${folder}/assembly/dot-tiles.ts`, dotTiles());
put(`${folder}/assembly/quant-tiles.ts`, quantTiles());
if (stale.length === 0) {
  for (const [name, extra] of [
    ["plain", []],
    ["relaxed", ["--enable", "relaxed-simd"]],
  ] as const) {
    const binary = await compile(extra);
    put(`${folder}/binaries/${name}.ts`, embedded(`${name}Binary`, binary));
    console.log(`${name}: ${binary.length} bytes`);
  }
}
if (stale.length > 0) {
  console.error(`wasm: ${stale.join(", ")} differ from their sources; run node scripts/wasm/build.ts and commit`);
  process.exitCode = 1;
}
