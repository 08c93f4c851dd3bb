// npm run recipes -- [part of a heading …]: follows the recipes of CONTRIBUTING.md in a copy of the sources. Adds a toy by
// the files that the recipe names, compiles everything, runs the toy's test, undoes it, and counts the files that were touched.
import { readFileSync } from "node:fs";
import { isNamed, namedFiles } from "./named-files.ts";
import { recipes } from "./recipes.ts";
import { Sandbox } from "./sandbox.ts";

const words = process.argv.slice(2);
const named = namedFiles(readFileSync(new URL("../../CONTRIBUTING.md", import.meta.url), "utf8"));
const sandbox = new Sandbox();
let failed = false;

function tell(what: string, said: string | null): void {
  if (said === null) return;
  failed = true;
  console.error(`  ${what}:\n${said.split("\n").slice(0, 40).join("\n")}`);
}

console.log("Compiling a copy of the sources …");
tell("the copy does not compile", sandbox.run("tsc", "-b", "packages/cli"));
for (const recipe of recipes) {
  if (words.length > 0 && !words.some((word) => recipe.heading.includes(word))) continue;
  try {
    const touched = sandbox.apply(recipe);
    const written = Object.entries(recipe.writes ?? {}).map(([file, script]) => `, and ${file} by ${script}`);
    console.log(`${recipe.heading}: ${touched.length} files (${touched.join(", ")})${written.join("")}`);
    const scripts = Object.values(recipe.writes ?? {}).map((script) => script.split(" ", 1).join());
    const touchedOrRun = [...touched, ...scripts];
    const unnamed = touchedOrRun.filter((file) => !isNamed(file, named.get(recipe.heading) ?? []));
    tell("the recipe does not name", unnamed.length > 0 ? unnamed.join(", ") : null);
    tell("it does not compile", sandbox.run("tsc", "-b", "packages/cli"));
    const tests = ["toy.test.ts", ...(recipe.keeps ?? [])];
    tell("its tests fail", sandbox.run("vitest", "run", ...tests, "--maxWorkers=1", "--reporter=dot"));
  } catch (error) {
    tell("cannot be followed", String(error));
  } finally {
    sandbox.undo();
  }
}
sandbox.remove();
if (failed) process.exitCode = 1;
