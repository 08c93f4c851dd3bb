import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { wideRefusal } from "../src/backends/wasm/codegen/choose.ts";

/** The first Node on the PATH of a major version; null where there is none. */
function findNode(major: number): string | null {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    const node = join(folder, "node");
    const { stdout } = spawnSync(node, ["--version"], { encoding: "utf8" });
    if (stdout?.startsWith(`v${major}.`)) return node;
  }
  return null;
}

const program = `
import { createWasmBackend } from ${JSON.stringify(fileURLToPath(new URL("../src/backends/wasm/index.ts", import.meta.url)))};
const backend = await createWasmBackend({ codegen: "wide", threads: 2 });
console.log(JSON.stringify({ v8: process.versions.v8, info: backend.info() }));
backend.dispose();
`;

describe("codegen: wide on other versions of Node", () => {
  let folder = "";
  const bundle = (): string => join(folder, "program.mjs");
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "helium-lm-node-"));
    const { outputFiles } = await build({
      stdin: { contents: program, resolveDir: folder },
      ...{ bundle: true, write: false, format: "esm", platform: "node", target: "es2022", logLevel: "error" },
    });
    writeFileSync(bundle(), outputFiles[0].contents);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  for (const major of [20, 22, 24]) {
    const node = findNode(major);
    if (node === null) test.skip(`Node ${major}: needs one on the PATH`, () => undefined);
    else
      test(`Node ${major}: wide code or the reason why not, and nothing on stderr`, () => {
        const { status, stdout, stderr } = spawnSync(node, [bundle()], { encoding: "utf8" });
        expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
        const { v8, info } = JSON.parse(stdout) as { v8: string; info: Record<string, unknown> };
        const reason = wideRefusal({ runtime: "Node", v8, arch: process.arch, avx2: null });
        expect(info).toMatchObject({ backend: "wasm", threads: 2, simd: "relaxed" });
        if (major < 24) expect(reason).toMatch(/^V8 1[12]\.\S+ (has no 256-bit code|compiles pairs)/);
        // Without AVX2 Node 24 is plain, too.
        if (reason === null && info["codegenReason"] === undefined) expect(info["codegen"]).toBe("wide");
        else
          expect(info).toMatchObject({
            codegen: "plain",
            codegenReason: reason ?? (expect.stringContaining("AVX2") as string),
          });
      });
  }
});
