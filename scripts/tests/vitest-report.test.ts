import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readReport } from "./vitest-report.mjs";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "vitest-report-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

test("failed tests are told by file, name and message, files that did not load by their names", () => {
  const path = join(folder, "vitest.json");
  const passed = { status: "passed", fullName: "adds", failureMessages: [] };
  const failed = { status: "failed", fullName: "divides", failureMessages: ["expected 2 to be 3", "at divide"] };
  const testResults = [
    { name: "/repo/good.test.ts", status: "passed", assertionResults: [passed] },
    { name: "/repo/bad.test.ts", status: "failed", assertionResults: [passed, failed] },
    { name: "/repo/broken.test.ts", status: "failed", assertionResults: [] },
  ];
  writeFileSync(path, JSON.stringify({ numPassedTests: 2, testResults }));
  expect(readReport(path)).toEqual({
    passed: 2,
    failures: [
      { file: "/repo/bad.test.ts", test: "divides", message: "expected 2 to be 3" },
      { file: "/repo/broken.test.ts" },
    ],
  });
});

test("a report that was never written holds no tests", () => {
  expect(readReport(join(folder, "none.json"))).toEqual({ passed: 0, failures: [] });
});
