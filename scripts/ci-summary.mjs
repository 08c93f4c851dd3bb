// node scripts/ci-summary.mjs <vitest.json> [failed step …]: prints `N passed, N failed` and exits 1 where one failed.
import { readReport } from "./tests/vitest-report.mjs";

const [report, ...failedSteps] = process.argv.slice(2);
const { passed, failures } = readReport(report);
let failed = failures.length + failedSteps.filter((step) => step !== "tests").length;
// The test command failed and the report names no culprit (a crash, an unhandled rejection).
if (failed === 0 && failedSteps.length > 0) failed = 1;
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
