/**
 * Builds the kernels of the wasm backend: `node scripts/wasm/build.ts` writes the two embedded binaries, `--check` fails
 * where the committed ones differ from what the sources give. Tiles and conversions are generated here and exist for the
 * compiler only, as `assembly/generated/`; `--show quant-tiles` prints one of them.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { deflateSync, inflateSync } from "node:zlib";
import { buildNames, compile, folder, generated, root } from "./compile.ts";
import { checkLayouts } from "./quant/check-layouts.ts";

const check = process.argv.includes("--check");
const stale: string[] = [];

const read = (path: string): string => {
  try {
    return readFileSync(root + path, "utf8");
  } catch {
    return "";
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

const build = async (): Promise<void> => {
  checkLayouts();
  for (const name of buildNames) {
    const { binary } = await compile(name);
    putBinary(`${folder}/binaries/${name}.ts`, `${name}Binary`, binary);
    console.log(`${name}: ${binary.length} bytes`);
  }
};

const shown = process.argv[process.argv.indexOf("--show") + 1];
if (process.argv.includes("--show"))
  console.log(generated[shown ?? ""]?.() ?? `one of ${Object.keys(generated).join(", ")}`);
else await build();
if (stale.length > 0) {
  console.error(`wasm: ${stale.join(", ")} differ from their sources; run node scripts/wasm/build.ts and commit`);
  process.exitCode = 1;
}
