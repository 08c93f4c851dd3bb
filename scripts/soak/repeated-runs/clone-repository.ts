// A clone of the repository in a temporary folder, ready to run the tests.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Clones the last commit, without what is changed and not committed, and installs its packages.
 *
 * @returns the clone's folder, which goes when this process exits
 */
export function cloneRepository(root: string): string {
  const folder = mkdtempSync(join(tmpdir(), "helium-clone-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  execFileSync("git", ["clone", "--quiet", root, folder]);
  const install = "const { install } = await import('./scripts/toolchain.mjs'); await install();";
  execFileSync(process.execPath, ["--input-type=module", "--eval", install], { cwd: folder });
  return folder;
}
