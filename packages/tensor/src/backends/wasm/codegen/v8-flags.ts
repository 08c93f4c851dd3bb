import type * as NodeV8 from "node:v8";

/** Flags of V8 by name, without the dashes. */
export type V8Flags = Readonly<Record<string, boolean>>;

/**
 * Runs `fn` with V8 flags set, then sets each back to what the command line gave, or to its default, the opposite of what
 * was set. The flags are the whole process's: as `fn` is synchronous, nothing else of this thread is compiled with them.
 */
export function withV8Flags<T>(v8: Pick<typeof NodeV8, "setFlagsFromString">, flags: V8Flags, fn: () => T): T {
  const set = (name: string, value: boolean): void => v8.setFlagsFromString(`--${value ? "" : "no-"}${name}`);
  const names = Object.keys(flags);
  const before = names.map((name) => givenFlag(name) ?? !flags[name]);
  names.forEach((name) => set(name, flags[name]));
  try {
    return fn();
  } finally {
    names.forEach((name, i) => set(name, before[i]));
  }
}

/** What the command line or NODE_OPTIONS says of a flag; the last word counts, `_` is `-`. */
function givenFlag(name: string): boolean | null {
  const words = [...(process.env["NODE_OPTIONS"] ?? "").split(/\s+/), ...process.execArgv];
  let given: boolean | null = null;
  for (const word of words) {
    const flag = word.replaceAll("_", "-");
    if (flag === `--${name}`) given = true;
    else if (flag === `--no-${name}` || flag === `--no${name}`) given = false;
  }
  return given;
}
