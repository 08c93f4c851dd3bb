import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What a test calls to exchange modules: those that it loads then are not what another test means by the same name. */
const exchangesModules = /\bvi\.(?:doMock|mock|resetModules)\b/;

/** The test files beside sources that exchange modules, and need a process of their own. Paths from the root, with `/`. */
export function mockingTests(root: string): readonly string[] {
  return globSync("packages/*/src/**/*.test.ts", { cwd: root })
    .filter((file) => exchangesModules.test(readFileSync(join(root, file), "utf8")))
    .map((file) => file.replaceAll("\\", "/"))
    .sort();
}
