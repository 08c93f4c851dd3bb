import { closeSync, openSync, readSync, statSync } from "node:fs";
import { AutoModelForCausalLM } from "@helium-lm/helium";
import { createWasmBackend } from "@helium-lm/tensor/backends/wasm";
// Loading imports it when it is first needed; here it would be stripped of its types then, which no user's copy is.
import "@helium-lm/nn/io/node";

/** `node load-time-child.ts PATH`: reads a file that is in the page cache, then loads it; prints the seconds as JSON. */
const [path = ""] = process.argv.slice(2);

const PART = 2 ** 24;

/** Seconds of reading the file, part by part, each to the place in memory that `target` gives. */
function read(target: (from: number, to: number) => Uint8Array): number {
  const start = performance.now();
  const file = openSync(path, "r");
  for (let at = 0; at < size;) at += readSync(file, target(at, Math.min(size, at + PART)), { position: at });
  closeSync(file);
  return (performance.now() - start) / 1000;
}

const { size } = statSync(path);
const part = new Uint8Array(PART);
// Brings it into the page cache.
read((from, to) => part.subarray(0, to - from));
// New memory of the file's size: a loader needs that as well.
let whole: Uint8Array | undefined;
const readSeconds = read((from, to) => (whole ??= new Uint8Array(size)).subarray(from, to));
whole = undefined;
const backend = await createWasmBackend({ threads: 2 });
const start = performance.now();
await AutoModelForCausalLM.fromPretrained(path, { backend });
const loadSeconds = (performance.now() - start) / 1000;
console.log(JSON.stringify({ readSeconds, loadSeconds }));
process.exit();
