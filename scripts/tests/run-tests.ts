// node scripts/tests/run-tests.ts [--full] [--changed [REVISION]] [--watch] [arguments of vitest, e.g. packages/nn]
//   --full      the form of CI; without it the short form; both say at their end what they leave out
//   --changed   the test files nearest to what differs from HEAD, or from a revision
//   --watch     the same again whenever a file is saved
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { fullFormSummary } from "../../testing/full-form.ts";
import { leaveOutFiles } from "../../testing/short-form-files.ts";
import { shortFormSummary } from "../../testing/short-form.ts";
import { changedFiles } from "./changed-files.ts";
import { NearestTests } from "./nearest-tests.ts";
import { onSaved } from "./on-saved.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const words = process.argv.slice(2);

/** Takes a flag out of the command line. */
function take(flag: string): boolean {
  const at = words.indexOf(flag);
  if (at >= 0) words.splice(at, 1);
  return at >= 0;
}

/** Runs vitest in the form that was asked for; its exit code. Whoever names files or folders gets all of them. */
function vitest(args: readonly string[]): Promise<number> {
  const namesFiles = args.some((arg) => !arg.startsWith("-"));
  const form = isFull ? { HELIUM_LM_TESTS: "full" } : { HELIUM_LM_TESTS: "short", ...(!namesFiles && leaveOutFiles) };
  // Tests start many processes; with this, each does not compile anew what the others have compiled.
  const compiled = { NODE_COMPILE_CACHE: `${root}node_modules/.cache/compiled` };
  return new Promise((resolve, reject) => {
    const child = spawn("vitest", ["run", ...args], {
      ...{ cwd: root, env: { ...compiled, ...process.env, ...form } },
      ...{ stdio: "inherit", shell: process.platform === "win32" },
    });
    child.on("error", reject);
    child.on("exit", (code) => resolve(code ?? 1));
  });
}

/** Runs the test files nearest to what changed, and says how many there are beyond them. */
async function runNearest(changed: readonly string[]): Promise<number> {
  const { nearest, others } = new NearestTests(root).of(changed);
  if (nearest.length === 0) {
    console.log(`No test file is near to what changed (${changed.length} files).`);
    return 0;
  }
  const code = await vitest([...words, ...nearest]);
  if (others > 0) console.log(`${others} more test files load what changed; \`npm test\` runs them too.`);
  return code;
}

const isFull = take("--full");
const isWatched = take("--watch");
const at = words.indexOf("--changed");
if (at >= 0 || isWatched) {
  const isRevision = at >= 0 && words[at + 1] !== undefined && !words[at + 1]?.startsWith("-");
  const [, revision = "HEAD"] = at >= 0 ? words.splice(at, isRevision ? 2 : 1) : [];
  process.exitCode = await runNearest(changedFiles(root, revision));
  if (isWatched) await onSaved(root, (files) => runNearest(files));
} else {
  process.exitCode = await vitest(words);
  console.log(isFull ? fullFormSummary() : shortFormSummary());
}
