/**
 * How many pairs of 128-bit operations V8 makes into 256-bit ones, beside all vector operations, in every function of the two
 * binaries and in all that an exported kernel reaches. Writes scripts/wasm/wide-pairs.json; `--check` fails where the share
 * of a function or kernel has fallen, or a function with pairs is not run by the comparison of wide with plain code;
 * `--show q4_0x4` prints one by operations. The counts are those of one version of V8, the devDependency `node`'s.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chooseCodegen } from "../../packages/tensor/src/backends/wasm/codegen/choose.ts";
import { callGraph } from "./call-graph.ts";
import { buildNames, compile, type BuildName } from "./compile.ts";
import { comparedFunctions, tracePairs } from "./wide-trace.ts";

/**
 * Pairs, and vector operations in all. Where all are in pairs there are about twice as many of these: not every node of V8's
 * is an instruction, and a value that both halves share is one operation.
 */
type Count = readonly [pairs: number, operations: number];
type Counts = Readonly<Record<string, Count>>;

interface BuildPairs {
  /** By export: of all functions that it reaches. */
  readonly kernels: Counts;
  readonly functions: Counts;
  /** Functions with pairs that the comparison at the start of a backend does not run. */
  readonly uncompared: Counts;
}

interface Report {
  readonly node: string;
  readonly builds: Readonly<Record<BuildName, BuildPairs>>;
}

/** A smaller share than this of the one before is a loss. */
const KEPT = 0.95;

const file = fileURLToPath(new URL("wide-pairs.json", import.meta.url));
const shown = process.argv.includes("--show") ? process.argv[process.argv.indexOf("--show") + 1] : undefined;

const total = (counts: readonly Count[]): Count =>
  counts.reduce<Count>(([pairs, operations], [p, o]) => [pairs + p, operations + o], [0, 0]);

const share = ([pairs, operations]: Count): number => (operations === 0 ? 0 : pairs / operations);

const sorted = (entries: Iterable<readonly [string, Count]>): Counts =>
  Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));

async function count(build: BuildName): Promise<BuildPairs> {
  const { binary, text } = await compile(build);
  const { names, operations, reached } = callGraph(text);
  const traced = tracePairs(binary);
  const compared = comparedFunctions(build);
  if (shown !== undefined) console.log(build, shown, traced.get(names.indexOf(shown)));
  const counts = names.map((_, index): Count => {
    const pairs = [...(traced.get(index)?.values() ?? [])].reduce((sum, one) => sum + one, 0);
    return [pairs, operations[index] ?? 0];
  });
  const at = (index: number): Count => counts[index] ?? [0, 0];
  const functions = names.map((name, index) => [name, at(index)] as const);
  return {
    kernels: sorted([...reached].map(([name, indices]) => [name, total(indices.map(at))])),
    functions: sorted(functions.filter(([, [, all]]) => all > 0)),
    uncompared: sorted(functions.filter(([, [pairs]], index) => pairs > 0 && !compared.has(index))),
  };
}

/** What is worse than before, a line each. */
function losses(before: Report, now: Report): string[] {
  const lost: string[] = [];
  for (const build of buildNames) {
    const [old, current] = [before.builds[build], now.builds[build]];
    for (const part of ["kernels", "functions"] as const)
      for (const [name, was] of Object.entries(old[part])) {
        const is = current[part][name];
        if (is !== undefined && share(is) < KEPT * share(was))
          lost.push(`${build} ${name}: ${was.join(" pairs in ")} operations before, ${is.join(" in ")} now`);
      }
    for (const name of Object.keys(current.uncompared))
      if (!Object.hasOwn(old.uncompared, name))
        lost.push(`${build} ${name}: has pairs, and no call of codegen/compared-calls.ts runs it`);
  }
  return [...new Set(lost)];
}

/** A count on one line. */
const written = (report: Report): string =>
  `${JSON.stringify(report, null, 2).replace(/\[\s+(\d+),\s+(\d+)\s+\]/g, "[$1, $2]")}\n`;

async function main(): Promise<void> {
  const { reason } = await chooseCodegen("wide");
  if (reason !== undefined) return console.log(`wide-pairs: nothing to count: ${reason}`);
  const now: Report = {
    node: process.versions.node,
    builds: { plain: await count("plain"), relaxed: await count("relaxed") },
  };
  if (!process.argv.includes("--check")) {
    writeFileSync(file, written(now));
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
