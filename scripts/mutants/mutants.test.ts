import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { areas } from "./above/index.ts";
import { cpuMutants } from "./cpu.ts";
import { cpuPageMutants, referencePageMutants, wasmPageMutants } from "./pages.ts";
import { cpuQuantMutants, referenceQuantMutants, sharedQuantMutants } from "./quant.ts";
import { referenceMutants } from "./reference.ts";
import { cpuRowMutants, referenceRowMutants } from "./rows.ts";
import { staleBugs } from "./stale-bugs.ts";
import { logitsMutants } from "./logits.ts";
import { wasmLogitsMutants } from "./wasm-logits.ts";
import { wasmMutants } from "./wasm.ts";
import { webgpuMutants } from "./webgpu.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

describe("the lists of bugs to plant", () => {
  it.each(areas)("$name: each text occurs once in its file, and the tests are there", ({ bugs, tests }) => {
    expect(staleBugs(root, bugs)).toEqual([]);
    expect(tests.filter((file) => !existsSync(root + file))).toEqual([]);
  });

  it("no two of one name", () => {
    const ids = areas.flatMap(({ bugs }) => bugs.map(({ id }) => id));
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
  });

  it("the kernels' bugs can be planted too", () => {
    const kernels = [
      ...[...referenceMutants, ...referenceRowMutants, ...referenceQuantMutants],
      ...[...cpuMutants, ...cpuRowMutants, ...cpuQuantMutants, ...sharedQuantMutants, ...wasmMutants],
      ...[...logitsMutants, ...wasmLogitsMutants, ...cpuPageMutants, ...referencePageMutants, ...wasmPageMutants],
      ...webgpuMutants,
    ];
    const inPackage = kernels.map((bug) => ({ ...bug, file: `packages/tensor/src/${bug.file}` }));
    expect(staleBugs(root, inPackage)).toEqual([]);
  });
});
