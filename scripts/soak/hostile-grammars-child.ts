/** Compiles one hostile grammar for scripts/soak/hostile-grammars.ts, walks through it, and tells seconds and memory. */
import { performance } from "node:perf_hooks";
import { join } from "node:path";
import { root } from "../../testing/repository.ts";
import "../workspace-sources.ts";

const { AutoTokenizer } = await import("@helium-lm/helium/tokenizer/auto-tokenizer");
const { GrammarError } = await import("@helium-lm/helium/errors");
const { compileGrammar } = await import("@helium-lm/helium/grammar/compile-grammar");
const { hostileSpecs } = await import("@helium-lm/helium/testing/grammar/hostile/hostile-specs");
const { peakMeter } = await import("../../testing/fuzz/meter.ts");

type State = ReturnType<typeof compileGrammar>["start"];

/** What came of a grammar. */
export interface HostileReport {
  readonly outcome: string;
  readonly compileSeconds: number;
  readonly compileMegabytes: number;
  /** Of the slowest token: its mask, and the state behind it. */
  readonly tokenSeconds: number;
  /** With all tokens. */
  readonly megabytes: number;
}

/** Tokens that are taken. */
const TOKENS = 60;

const [name = ""] = process.argv.slice(2);
const make = hostileSpecs.get(name);
const collect = globalThis.gc;
if (make === undefined || collect === undefined) throw new Error("needs a name of a grammar, and --expose-gc");

const tokenizer = await AutoTokenizer.fromPretrained(join(root, "models/helium-nano"));
// What all grammars of a vocabulary share is made by the first.
for (const spec of [{ json: { type: "object", properties: { a: { type: "string" } } } }, { regex: "[a-z]+" }])
  compileGrammar(spec, tokenizer).start.mask();
const spec = make(1);
const meter = peakMeter(() => collect());
meter.reset();

/** One of the tokens that may come. */
function allowedToken(state: State, drawn: number): number | undefined {
  const scores = new Float32Array(state.mask().vocabSize);
  state.mask().apply(scores);
  const allowed = Array.from(scores.keys()).filter((token) => scores[token] === 0);
  return allowed[drawn % allowed.length];
}

/** Takes tokens that are allowed, now one and now another. */
function slowestToken(start: State): { readonly seconds: number; readonly error: string | null } {
  let [state, slowest, drawn]: [State | null, number, number] = [start, 0, 1];
  for (let taken = 0; taken < TOKENS && state !== null && !state.isComplete; taken++) {
    const took = timer();
    try {
      drawn = (drawn * 1_103_515_245 + 12_345) % 2 ** 31;
      const token = allowedToken(state, drawn);
      state = token === undefined ? null : state.step(token);
    } catch (error) {
      if (!(error instanceof GrammarError)) throw error;
      return { seconds: Math.max(slowest, took()) / 1000, error: error.message };
    }
    slowest = Math.max(slowest, took());
  }
  return { seconds: slowest / 1000, error: null };
}

/** Milliseconds of the clock or of the processor, whichever are less: the machine may do other things. */
function timer(): () => number {
  const [clock, processor] = [performance.now(), process.cpuUsage()];
  return () => {
    const { user, system } = process.cpuUsage(processor);
    return Math.min(performance.now() - clock, (user + system) / 1000);
  };
}

const sinceStart = timer();
let outcome = "compiled";
let start: State | null = null;
try {
  ({ start } = compileGrammar(spec, tokenizer));
} catch (error) {
  if (!(error instanceof GrammarError)) throw error;
  outcome = `${error.name}: ${error.message}`;
}
const compileSeconds = sinceStart() / 1000;
const compileBytes = meter.taken();
const walked = start === null ? null : slowestToken(start);
if (walked?.error) outcome += `, then ${walked.error}`;
const report: HostileReport = {
  outcome,
  compileSeconds,
  compileMegabytes: compileBytes / 1e6,
  tokenSeconds: walked?.seconds ?? 0,
  megabytes: meter.taken() / 1e6,
};
process.send?.(report, () => process.disconnect());
