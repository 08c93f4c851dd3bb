/**
 * node mutation-worker.ts <sources> <backend> <op>: runs the conformance suite of a copy of the tensor sources on one
 * backend until a test fails, the op's own tests first. Prints the failed test's title, or nothing where all pass.
 */
import { pathToFileURL } from "node:url";
import type * as Conformance from "../packages/tensor/src/conformance/run.ts";
import type * as Registry from "../packages/tensor/src/backends.ts";
import type { CaseOp } from "../packages/tensor/src/conformance/case.ts";

const [sources, name, op] = process.argv.slice(2) as [string, string, CaseOp];
const load = (file: string): Promise<unknown> => import(pathToFileURL(`${sources}/${file}`).href);
const { runConformance } = (await load("conformance/run.ts")) as typeof Conformance;
const { createBackend } = (await load("backends.ts")) as typeof Registry;

let failed = "";
const options = { name, create: () => createBackend(name), bitExactRows: true };
const listener: Conformance.RunListener = {
  onOutcome({ op: of, title, status }) {
    if (status === "failed") failed = `${of} ${title}`;
    return status !== "failed";
  },
};
await runConformance({ ...options, only: { op } }, listener);
if (failed === "") await runConformance(options, listener);
console.log(failed);
