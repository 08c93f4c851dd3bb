// What a JSON report of vitest says. Plain JavaScript, since scripts/ci-summary.mjs reads it where nothing may be installed.
import { existsSync, readFileSync } from "node:fs";

export function readReport(path) {
  if (!existsSync(path)) return { passed: 0, failures: [] };
  const { numPassedTests, testResults } = JSON.parse(readFileSync(path, "utf8"));
  const failures = testResults
    .filter(({ status }) => status === "failed")
    .flatMap(({ name: file, assertionResults }) => {
      const failed = assertionResults.filter(({ status }) => status === "failed");
      return failed.length === 0
        ? [{ file }]
        : failed.map(({ fullName, failureMessages }) => ({ file, test: fullName, message: failureMessages[0] ?? "" }));
    });
  return { passed: numPassedTests, failures };
}
