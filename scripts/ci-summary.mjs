// node scripts/ci-summary.mjs <vitest.json> [failed step …]: prints `N passed, N failed` and exits 1 where one failed.
import { existsSync, readFileSync } from "node:fs";

const [report, ...failedSteps] = process.argv.slice(2);
let passed = 0;
let failed = failedSteps.filter((step) => step !== "tests").length;
if (existsSync(report)) {
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, "utf8"));
  // A file that does not even load fails without a failed test in it.
  const brokenFiles = testResults.filter(
    ({ status, assertionResults }) =>
      status === "failed" && !assertionResults.some((result) => result.status === "failed"),
  ).length;
  passed = numPassedTests;
  failed += numFailedTests + brokenFiles;
}
// The test command failed and the report names no culprit (a crash, an unhandled rejection).
if (failed === 0 && failedSteps.length > 0) failed = 1;
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
