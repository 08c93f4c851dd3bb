// The tests of a checkout, once.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { text } from "node:stream/consumers";
import { stripVTControlCharacters } from "node:util";
import { readReport } from "../../tests/vitest-report.mjs";

export interface RunResult {
  readonly seconds: number;
  readonly passed: number;
  /** Names of the tests that failed, with what they said, or of the files that did not load. */
  readonly failures: readonly string[];
}

/**
 * Runs the tests once, or only those of some files or folders.
 *
 * @param root the folder of the checkout
 */
export async function runTests(root: string, form: "short" | "full", files: readonly string[]): Promise<RunResult> {
  const folder = mkdtempSync(join(tmpdir(), "helium-runs-"));
  const report = join(folder, "vitest.json");
  const start = performance.now();
  try {
    const flags = form === "full" ? ["--full"] : [];
    const reporters = ["--reporter=dot", "--reporter=json", `--outputFile.json=${report}`];
    const child = spawn(process.execPath, ["scripts/test.mjs", ...flags, ...files, ...reporters], {
      // A group of its own, all of which ends with this process.
      ...{ cwd: root, stdio: ["ignore", "ignore", "pipe"], detached: true },
    });
    const endAll = (): void => {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) process.kill(-child.pid);
    };
    // Before the folder of the checkout goes.
    process.prependOnceListener("exit", endAll);
    const ended = new Promise<number | NodeJS.Signals | null>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code, signal) => resolve(signal ?? code));
    }).finally(() => process.off("exit", endAll));
    const [status, stderr] = await Promise.all([ended, text(child.stderr)]);
    const seconds = Math.round((performance.now() - start) / 1000);
    const { passed, failures } = readReport(report);
    const said = failures.map(({ file, test, message = "" }) =>
      test === undefined
        ? relative(root, file)
        : `${relative(root, file)}: ${test}: ${stripVTControlCharacters(message).split("\n")[0]}`,
    );
    if (said.length === 0 && status !== 0) {
      // A crash, or an error that no test caught, which vitest tells last.
      const words = stripVTControlCharacters(stderr).trim();
      said.push(
        `ended with ${status}: ${words.slice(Math.max(0, words.lastIndexOf("Unhandled Errors"))).slice(0, 1000)}`,
      );
    }
    return { seconds, passed, failures: said };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
