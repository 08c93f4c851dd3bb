import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished, test, expect } from "vitest";
import { root } from "../../testing/repository.ts";
import { ownProcessTests } from "./own-process-tests.ts";

test("tests that exchange modules, or look at their process, are found in the folders asked for", () => {
  const folder = mkdtempSync(join(tmpdir(), "own-process-tests-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [file, text] of [
    ["packages/a/src/b/resets.test.ts", "beforeEach(() => vi.resetModules());"],
    ["packages/a/src/mocks.test.ts", 'vi.mock("./x.ts", () => ({ x: 1 }));'],
    ["packages/a/src/spies.test.ts", 'vi.spyOn(console, "log");'],
    ["packages/a/src/mocks.ts", "vi.mock;"],
    ["packages/a/src/memory.test.ts", "const { heapUsed } = process.memoryUsage();"],
    ["packages/a/src/threads.test.ts", 'readdirSync("/proc/self/task");'],
    ["packages/a/test/mocks.test.ts", 'vi.doMock("./x.ts");'],
  ] as const) {
    mkdirSync(join(folder, file, ".."), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  expect(ownProcessTests(folder, ["packages/a/src"])).toEqual(
    ["b/resets", "memory", "mocks", "threads"].map((name) => `packages/a/src/${name}.test.ts`),
  );
  expect(ownProcessTests(folder, ["packages/*/test"])).toEqual(["packages/a/test/mocks.test.ts"]);
  const here = ownProcessTests(root, ["packages/tensor/src", "packages/serve/test"]);
  expect(here).toContain("packages/tensor/src/quant/parallel/parallel-quantizer.test.ts");
  expect(here).toContain("packages/serve/test/batches/batch-memory.test.ts");
});
