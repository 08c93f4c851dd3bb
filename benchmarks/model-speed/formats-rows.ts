import type { Report, Result } from "../report.ts";

/** One engine on one file, beside native llama.cpp in the same run. */
export interface FormatsRow {
  /** Model and format. */
  readonly file: string;
  readonly engine: string;
  readonly decode: Speed | undefined;
  readonly prefill: Speed | undefined;
}

export interface Speed {
  /** Tokens per second, best of the rounds. */
  readonly best: number;
  /** Share of native llama.cpp's. */
  readonly share: number;
}

export const NATIVE = "llama.cpp native";

/** What `formats` measured, by file and engine; native's own rows are left out. */
export function formatsRows({ results }: Pick<Report, "results">): readonly FormatsRow[] {
  const speed = (test: string, engine: string): Speed | undefined => {
    const [mine, theirs] = [best(results, test, engine), best(results, test, NATIVE)];
    return mine === undefined ? undefined : { best: mine, share: theirs === undefined ? NaN : mine / theirs };
  };
  const files = [...new Set(results.map(({ test }) => test.replace(/ (?:decode|prefill)$/, "")))];
  const engines = [...new Set(results.map(({ contender }) => contender))].filter((name) => name !== NATIVE);
  return files.flatMap((file) =>
    engines
      .map((engine) => ({
        file,
        engine,
        decode: speed(`${file} decode`, engine),
        prefill: speed(`${file} prefill`, engine),
      }))
      .filter(({ decode, prefill }) => decode ?? prefill),
  );
}

function best(results: readonly Result[], test: string, contender: string): number | undefined {
  return results.find((result) => result.test === test && result.contender === contender)?.best;
}
