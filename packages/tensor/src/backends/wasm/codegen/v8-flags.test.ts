import { afterEach, describe, expect, test, vi } from "vitest";
import { withV8Flags } from "./v8-flags.ts";

afterEach(() => vi.unstubAllEnvs());

const recorder = () => {
  const said: string[] = [];
  return { said, setFlagsFromString: (flag: string) => void said.push(flag) };
};

describe("withV8Flags", () => {
  test("sets flags for the call and sets them back", () => {
    const v8 = recorder();
    const result = withV8Flags(v8, { pairs: true, baseline: false }, () => {
      v8.said.push("call");
      return 7;
    });
    expect(result).toBe(7);
    expect(v8.said).toEqual(["--pairs", "--no-baseline", "call", "--no-pairs", "--baseline"]);
  });

  test("sets them back when the call throws", () => {
    const v8 = recorder();
    const failing = () =>
      withV8Flags(v8, { pairs: true }, () => {
        throw new RangeError("no");
      });
    expect(failing).toThrow(RangeError);
    expect(v8.said).toEqual(["--pairs", "--no-pairs"]);
  });

  test("leaves a flag as the command line has it, whose last word counts", () => {
    vi.stubEnv("NODE_OPTIONS", "--no-pair_up --max-old-space-size=99");
    const given = vi.spyOn(process, "execArgv", "get").mockReturnValue(["--pair-up", "--nobaseline"]);
    const v8 = recorder();
    withV8Flags(v8, { "pair-up": true, baseline: false, "max-old": true }, () => undefined);
    given.mockRestore();
    expect(v8.said.slice(3)).toEqual(["--pair-up", "--no-baseline", "--no-max-old"]);
  });
});
