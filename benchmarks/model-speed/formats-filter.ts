import { parseArgs } from "node:util";
import type { FormatModel } from "../model-files/format-files.ts";
import type { FileType } from "../peers/native/quantize-file.ts";

/** What of the formats is measured: all, or what the command line names. */
export interface FormatsFilter {
  readonly wants: (model: FormatModel, format: FileType) => boolean;
  readonly wantsEngine: (node: number, codegen: string) => boolean;
  readonly wantsTest: (test: string) => boolean;
  readonly rounds: number | undefined;
  readonly threads: number | undefined;
  /** Seconds are those of the processor instead of the clock on the wall. */
  readonly onProcessorClock: boolean;
  /** Whether anything is left out, so that the results stand for no whole run. */
  readonly isPartial: boolean;
}

/**
 * `--only MODEL/FORMAT,…` (the start of a model's name, a format, or either alone), `--node 24,22`, `--codegen wide`,
 * `--test decode`, `--rounds 3`; on a busy machine `--clock processor --threads 1`.
 */
export function formatsFilter(args: readonly string[]): FormatsFilter {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { only: text, node: text, codegen: text, test: text, rounds: text, threads: text, clock: text },
  });
  const { only, node, codegen, test, rounds, threads, clock } = values;
  return {
    wants: (model, format) => only?.split(",").some((name) => matches(name, model, format)) ?? true,
    wantsEngine: (major, code) => oneOf(node, String(major)) && oneOf(codegen, code),
    wantsTest: (name) => oneOf(test, name),
    rounds: rounds === undefined ? undefined : Number(rounds),
    threads: threads === undefined ? undefined : Number(threads),
    onProcessorClock: clock === "processor",
    isPartial: args.length > 0,
  };
}

const oneOf = (list: string | undefined, value: string): boolean => list?.split(",").includes(value) ?? true;

function matches(wanted: string, { name }: FormatModel, format: string): boolean {
  const [first = "", second] = wanted.toLowerCase().split("/");
  const isModel = name.toLowerCase().startsWith(first);
  if (second !== undefined) return isModel && (second === "" || second === format.toLowerCase());
  return isModel || first === format.toLowerCase();
}
