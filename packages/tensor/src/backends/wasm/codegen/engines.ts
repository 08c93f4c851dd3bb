/**
 * What V8 makes of the kernels with `--experimental-wasm-revectorize`:
 * `gains` = pairs of 128-bit operations become 256-bit ones, results keep every bit, products are up to twice as fast;
 * `no-gain` = it has the flag, and the kernels are as fast as without;
 * `lacks` = it has no such flag;
 * `wrong` = its wide code is known to give other results, or to end the process;
 * `untried` = newer than what was tried.
 */
export type WideVerdict = "gains" | "no-gain" | "lacks" | "wrong" | "untried";

/** V8 versions from `since` up to the next range. */
export interface WideEngine {
  readonly since: readonly [major: number, minor: number];
  readonly verdict: WideVerdict;
  /** What was tried, by the names people know; nothing where the range is `untried`. */
  readonly tried: readonly string[];
}

/**
 * Ranges in ascending order. A new Node gets its verdict by `npm run soak -- wide-pairs` and the tests of this folder run
 * on it; the compiler flags beside `revectorize` are no stable interface, so no untried version gets them.
 */
export const wideEngines: readonly WideEngine[] = [
  { since: [0, 0], verdict: "lacks", tried: ["Node 20.20 (V8 11.3)"] },
  { since: [12, 4], verdict: "no-gain", tried: ["Node 22.23 (V8 12.4)", "Node 23.9 (V8 12.9)"] },
  {
    since: [13, 6],
    verdict: "gains",
    tried: ["Node 24.21 (V8 13.6)", "Node 25.9 (V8 14.1)", "Node 26.12 (V8 14.6)"],
  },
  { since: [14, 7], verdict: "untried", tried: [] },
];

/** The range of a version such as `13.6.233.17-node.53`. */
export function wideEngineOf(v8: string): WideEngine {
  const [major = 0, minor = 0] = v8.split(".").map(Number);
  const isReached = ({ since: [x, y] }: WideEngine): boolean => major > x || (major === x && minor >= y);
  return wideEngines.findLast(isReached) ?? wideEngines[0];
}
