/**
 * How many pairs of 128-bit operations V8 makes into 256-bit ones, in every function of the two binaries and in all that an
 * exported kernel reaches. Writes scripts/wasm/wide-pairs.json; `--check` fails where a function has fewer pairs than
 * there, or a function with pairs is not run by the comparison of wide with plain code; `--show q4_0x4` prints one by
 * operations. The counts are those of one version of V8, the devDependency `node`'s.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chooseCodegen } from "../../packages/tensor/src/backends/wasm/codegen/choose.ts";
import { callGraph } from "./call-graph.ts";
import { buildNames, compile, type BuildName } from "./compile.ts";
import { tracePairs, uncomparedFunctions } from "./wide-trace.ts";

/** Pairs by name; a kernel's are those of all functions that it reaches. */
interface BuildPairs {
  readonly kernels: Readonly<Record<string, number>>;
  readonly functions: Readonly<Record<string, number>>;
  /** Functions with pairs that the comparison at the start of a backend does not run. */
  readonly uncompared: Readonly<Record<string, number>>;
}

interface Report {
  readonly node: string;
  readonly builds: Readonly<Record<BuildName, BuildPairs>>;
}

const file = fileURLToPath(new URL("wide-pairs.json", import.meta.url));

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((total, one) => total + one, 0);

const sorted = (entries: Iterable<readonly [string, number]>): Record<string, number> =>
  Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));

async function count(build: BuildName): Promise<BuildPairs> {
  const { binary, text } = await compile(build);
  const { names, reached } = callGraph(text);
  const traced = tracePairs(binary);
  const pairs = names.map((_, index) => sum(traced.get(index)?.values() ?? []));
  const shown = process.argv[process.argv.indexOf("--show") + 1];
  names.forEach((name, index) => {
    if (process.argv.includes("--show") && name === shown) console.log(build, name, traced.get(index));
  });
  const functions = names.map((name, index) => [name, pairs[index] ?? 0] as const);
  return {
    kernels: sorted([...reached].map(([name, indices]) => [name, sum(indices.map((index) => pairs[index] ?? 0))])),
    functions: sorted(functions.filter((_, index) => traced.has(index))),
    uncompared: sorted(uncomparedFunctions(build, binary).map((index) => functions[index] ?? ["", 0])),
  };
}

/** What is worse than before, a line each. */
function losses(before: Report, now: Report): string[] {
  const lost: string[] = [];
  for (const build of buildNames) {
    const [old, current] = [before.builds[build], now.builds[build]];
    for (const part of ["kernels", "functions"] as const)
      for (const [name, pairs] of Object.entries(old[part]))
        if ((current[part][name] ?? 0) < pairs)
          lost.push(`${build} ${name}: ${pairs} pairs before, ${current[part][name] ?? "not there"} now`);
    for (const name of Object.keys(current.uncompared))
      if (!Object.hasOwn(old.uncompared, name))
        lost.push(`${build} ${name}: has pairs, and no call of codegen/compared-calls.ts runs it`);
  }
  return [...new Set(lost)];
}

async function main(): Promise<void> {
  const { reason } = await chooseCodegen("wide");
  if (reason !== undefined) return console.log(`wide-pairs: nothing to count: ${reason}`);
  const now: Report = {
    node: process.versions.node,
    builds: { plain: await count("plain"), relaxed: await count("relaxed") },
  };
  if (!process.argv.includes("--check")) {
    writeFileSync(file, `${JSON.stringify(now, null, 2)}\n`);
    for (const build of buildNames) console.log(build, now.builds[build].kernels);
    return;
  }
  const before = JSON.parse(readFileSync(file, "utf8")) as Report;
  if (now.node !== before.node) console.error(`wide-pairs: this is Node ${now.node}, the counts are of ${before.node}`);
  const lost = losses(before, now);
  if (lost.length === 0) return;
  for (const line of lost) console.error(`wide-pairs: ${line}`);
  console.error("wide-pairs: mend the tile, or run npm run soak -- wide-pairs and commit the new counts");
  process.exitCode = 1;
}

await main();
