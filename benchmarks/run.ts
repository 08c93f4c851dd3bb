import { mkdirSync, writeFileSync } from "node:fs";
import { measure, type Case, type Row } from "./harness.ts";
import { matmulCases } from "./kernels/matmul.bench.ts";
import { matvecCases } from "./kernels/matvec.bench.ts";
import { describeMachine } from "./machine.ts";
import { nanoCases } from "./model/nano.bench.ts";

/** Every benchmark by name; `npm run bench -- name …` runs some, `npm run bench` all. */
const benchmarks: Readonly<Record<string, () => Promise<Case[]>>> = {
  matmul: matmulCases,
  matvec: matvecCases,
  nano: nanoCases,
};

const results = new URL("results/", import.meta.url);

async function run(name: string, cases: () => Promise<Case[]>): Promise<void> {
  const machine = describeMachine();
  const rows: Row[] = [];
  for (const one of await cases()) {
    const row = await measure(one);
    rows.push(row);
    console.log(line(row));
  }
  mkdirSync(results, { recursive: true });
  const report = { benchmark: name, date: new Date().toISOString(), machine, rows };
  writeFileSync(new URL(`${name}.json`, results), `${JSON.stringify(report, null, 2)}\n`);
}

const digits = (speed: number): string => (speed < 100 ? speed.toFixed(2) : speed.toFixed(0));

function line({ name, unit, ours, naive, ratio, also }: Row): string {
  const more = Object.entries(also ?? {}).map(([key, speed]) => `  ${digits(speed)} ${key}`);
  const speeds = `${digits(ours).padStart(8)} ${unit.padEnd(8)} naive ${digits(naive).padStart(6)}`;
  return `${name.padEnd(30)} ${speeds}  ${ratio.toFixed(1).padStart(6)}×${more.join("")}`;
}

const asked = process.argv.slice(2);
const names = asked.length > 0 ? asked : Object.keys(benchmarks);
const unknown = names.filter((name) => !Object.hasOwn(benchmarks, name));
if (unknown.length > 0) {
  console.error(`bench: unknown benchmark ${unknown.join(", ")}; known: ${Object.keys(benchmarks).join(", ")}`);
  process.exitCode = 2;
} else {
  const { cpu, cores, node, v8, commit, load } = describeMachine();
  console.log(`${cpu}, ${cores} cores, Node ${node} (V8 ${v8}), commit ${commit ?? "none"}`);
  if (load > cores / 2) console.log(`The machine is busy (load ${load}): the numbers will be low.`);
  console.log("speed of the best round, one thread");
  for (const name of names) {
    const cases = benchmarks[name];
    if (cases) await run(name, cases);
  }
}
