import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** What V8 made of one function: how many pairs of 128-bit operations it put together, by operation. */
export type Pairs = ReadonlyMap<string, number>;

/**
 * Pairs by index of the function. The optimising compiler takes one after the other, so that the trace is in one piece, and
 * inlines nothing, so that a function has its own pairs only.
 */
export function tracePairs(binary: Uint8Array): ReadonlyMap<number, Pairs> {
  const source = 'new WebAssembly.Module(require("node:fs").readFileSync(0))';
  return parseTrace(traced(["--no-wasm-lazy-compilation", "-e", source], binary));
}

/** Indices of the functions with vectors that run in the comparison of wide with plain code. */
export function comparedFunctions(build: string): ReadonlySet<number> {
  const script = fileURLToPath(new URL("run-comparison.ts", import.meta.url));
  return new Set(parseTrace(traced([script, build])).keys());
}

const flags = [
  ...["--single-threaded", "--no-liftoff", "--no-wasm-inlining"],
  ...["--experimental-wasm-revectorize", "--trace-wasm-revectorize"],
];

function traced(args: readonly string[], input?: Uint8Array): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, ...args], {
    encoding: "utf8",
    maxBuffer: 2 ** 30,
    ...(input && { input }),
  });
  if (status !== 0) throw new Error(`node ${args.join(" ")} ended with ${status}: ${stderr}`);
  return stdout;
}

const BEGIN = /^Begin revec function wasm-function#(\d+)/;
/** Nodes of the pairs that will be made; the pairs follow, a line each, up to the line of the shared ones. */
const DECIDED = /^Revec: Print \d+: Decided? to vectorize, \d+ revectorizable nodes:/;
const SHARED = /^Revec: Print \d+: Decided? to vectorize, \d+ revectorizable intersect nodes:/;
/** `[I32x4Add](#12, #34)`, `Simd128Binop[I32x4Add](#12, #34)` or `Load(#12, #34)`. */
const PAIR = /^Revec: Print \d+: (?:\w*\[)?(\w+)\]?\(#\d+, #\d+\)/;

/** Reads what `--trace-wasm-revectorize` prints in V8 13.6 to 14.6. */
export function parseTrace(text: string): Map<number, Map<string, number>> {
  const functions = new Map<number, Map<string, number>>();
  let pairs = new Map<string, number>();
  let isDecided = false;
  for (const line of text.split("\n")) {
    const index = BEGIN.exec(line)?.[1];
    if (index !== undefined) {
      pairs = new Map();
      functions.set(Number(index), pairs);
      isDecided = false;
    } else if (DECIDED.test(line)) isDecided = true;
    else if (SHARED.test(line)) isDecided = false;
    else if (isDecided) {
      const op = PAIR.exec(line)?.[1];
      if (op !== undefined) pairs.set(op, (pairs.get(op) ?? 0) + 1);
    }
  }
  return functions;
}
