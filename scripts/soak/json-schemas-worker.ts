/** Reads files of schemas with their tests, one after another, and tells the parent what came of each. */
import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { parentPort, workerData } from "node:worker_threads";
import "../workspace-sources.ts";

const { schemaStart } = await import("@helium-lm/helium/testing/grammar/schema-acceptor");
const { verdictOf } = await import("@helium-lm/helium/testing/grammar/schema-verdict");
const { GrammarError, GrammarLimitError, UnsupportedGrammarError } = await import("@helium-lm/helium/errors");

/** What came of one schema. */
export interface SchemaReport {
  readonly file: string;
  readonly outcome: "compiled" | "refused" | "limit" | "malformed" | "crash";
  readonly keyword?: string;
  /** It has a format that is not known, and was compiled without it. */
  readonly hasUnknownFormat: boolean;
  readonly message?: string;
  readonly compileMs: number;
  readonly testMs: number;
  readonly tests: number;
  /** Tests by their place in the file, with what is wrong. */
  readonly wrong: readonly {
    readonly test: number;
    readonly kind: "accepted" | "refused" | "layout";
    readonly layouts?: readonly string[];
  }[];
}

interface Test {
  readonly valid: boolean;
  readonly data: unknown;
}

const { folder, files } = workerData as { readonly folder: string; readonly files: readonly string[] };

type Start = ReturnType<typeof schemaStart>;

function compile(schema: unknown): { readonly start: Start; readonly hasUnknownFormat: boolean } {
  try {
    return { start: schemaStart(schema), hasUnknownFormat: false };
  } catch (error) {
    if (!(error instanceof UnsupportedGrammarError) || error.keyword !== "format") throw error;
    return { start: schemaStart(schema, { unknownFormats: "ignore" }), hasUnknownFormat: true };
  }
}

function report(file: string): SchemaReport {
  const { schema, tests } = JSON.parse(readFileSync(`${folder}/${file}`, "utf8")) as {
    schema: unknown;
    tests: readonly Test[];
  };
  const began = performance.now();
  try {
    const { start, hasUnknownFormat } = compile(schema);
    const compiled = performance.now();
    const wrong: SchemaReport["wrong"][number][] = [];
    for (const [test, { valid, data }] of tests.entries()) {
      const { isAccepted, refusedLayouts } = verdictOf(start, data);
      if (isAccepted !== valid) wrong.push({ test, kind: isAccepted ? "accepted" : "refused" });
      else if (refusedLayouts.length > 0) wrong.push({ test, kind: "layout", layouts: refusedLayouts });
    }
    const testMs = performance.now() - compiled;
    return {
      file,
      outcome: "compiled",
      hasUnknownFormat,
      compileMs: compiled - began,
      testMs,
      tests: tests.length,
      wrong,
    };
  } catch (error) {
    const base = {
      file,
      hasUnknownFormat: false,
      compileMs: performance.now() - began,
      testMs: 0,
      tests: tests.length,
      wrong: [],
    };
    if (error instanceof UnsupportedGrammarError)
      return { ...base, outcome: "refused", keyword: error.keyword, message: error.message };
    const message = error instanceof Error ? `${error.message}\n${error.stack?.split("\n")[1] ?? ""}` : String(error);
    if (error instanceof GrammarLimitError) return { ...base, outcome: "limit", message };
    return { ...base, outcome: error instanceof GrammarError ? "malformed" : "crash", message };
  }
}

for (const file of files) {
  parentPort?.postMessage({ began: file });
  parentPort?.postMessage({ report: report(file) });
}
