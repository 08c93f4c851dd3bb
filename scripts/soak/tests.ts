// npm run soak -- tests [arguments of vitest]: the test files of which the full form leaves something out, with all of it.
import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

const asks = (file: string): boolean => readFileSync(root + file, "utf8").includes("isLeftToSoak(");
const files = globSync("packages/*/test/**/*.test.ts", { cwd: root }).filter(asks);
const { status } = spawnSync("vitest", ["run", ...files, ...process.argv.slice(2)], {
  ...{ cwd: root, env: { ...process.env, HELIUM_LM_TESTS: "long" }, stdio: "inherit" },
  shell: process.platform === "win32",
});
process.exitCode = status ?? 1;
