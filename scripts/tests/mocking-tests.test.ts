import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished, test, expect } from "vitest";
import { root } from "../../testing/repository.ts";
import { mockingTests } from "./mocking-tests.ts";

test("tests beside sources that exchange modules are found", () => {
  const folder = mkdtempSync(join(tmpdir(), "mocking-tests-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [file, text] of [
    ["packages/a/src/b/resets.test.ts", "beforeEach(() => vi.resetModules());"],
    ["packages/a/src/mocks.test.ts", 'vi.mock("./x.ts", () => ({ x: 1 }));'],
    ["packages/a/src/spies.test.ts", 'vi.spyOn(console, "log");'],
    ["packages/a/src/mocks.ts", "vi.mock;"],
    ["packages/a/test/mocks.test.ts", 'vi.doMock("./x.ts");'],
  ] as const) {
    mkdirSync(join(folder, file, ".."), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  expect(mockingTests(folder)).toEqual(["packages/a/src/b/resets.test.ts", "packages/a/src/mocks.test.ts"]);
  expect(mockingTests(root)).toContain("packages/tensor/src/quant/parallel/parallel-quantizer.test.ts");
});
