import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * What a test calls to exchange modules, so that those it loads are not what another test means by the same name; and what
 * it asks of its process, where others would be counted in: memory, threads, open files.
 */
const needsOwnProcess = /\bvi\.(?:doMock|mock|resetModules)\b|\bprocess\.memoryUsage\b|["'`]\/proc\/self\b/;

/** Of the test files that a package has under these folders, those that need a process of their own. Paths from the root, with `/`. */
export function ownProcessTests(root: string, folders: readonly string[]): readonly string[] {
  return globSync(
    folders.map((folder) => `${folder}/**/*.test.ts`),
    { cwd: root },
  )
    .filter((file) => needsOwnProcess.test(readFileSync(join(root, file), "utf8")))
    .map((file) => file.replaceAll("\\", "/"))
    .sort();
}
