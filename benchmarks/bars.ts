import type { Report } from "./report.ts";

/** A figure that is held to. */
export interface Bar {
  readonly what: string;
  readonly against: string;
  /** The report it is read from. */
  readonly benchmark: string;
  /** Undefined where a report or a contender is missing. */
  readonly measured: (reports: Reports) => number | undefined;
  readonly limit: number;
  readonly atMost?: true;
  readonly unit: "×" | "%" | "ms";
}

export class Reports {
  readonly #byName: ReadonlyMap<string, Report>;

  constructor(reports: Iterable<Report>) {
    this.#byName = new Map([...reports].map((report) => [report.benchmark, report]));
  }

  get(benchmark: string): Report | undefined {
    return this.#byName.get(benchmark);
  }

  best(benchmark: string, test: string, contender: string): number | undefined {
    return this.#result(benchmark, test, contender)?.best;
  }

  share(benchmark: string, test: string, contender: string): number | undefined {
    return this.#result(benchmark, test, contender)?.shareOfSweep;
  }

  #result(benchmark: string, test: string, contender: string): Report["results"][number] | undefined {
    const results = this.get(benchmark)?.results ?? [];
    return results.find((result) => result.test === test && result.contender === contender);
  }
}

const ours = "helium-lm";
const native = "llama.cpp native";

const share = (format: string, threads: number, limit: number): Bar => ({
  what: `${format} GEMV 2560×7040 from memory, ${threads}T`,
  against: "read sweep",
  benchmark: "gemv",
  measured: (reports) => reports.share("gemv", `${format} 2560×7040 ${threads}T`, ours),
  limit,
  unit: "%",
});

/** How many times as fast as another contender. */
const ratio = (
  what: string,
  [benchmark, test]: readonly [string, string],
  against: string,
  limit: number,
  own = ours,
): Bar => ({
  what,
  against,
  benchmark,
  measured: (reports) => {
    const [mine, theirs] = [reports.best(benchmark, test, own), reports.best(benchmark, test, against)];
    return mine !== undefined && theirs !== undefined ? mine / theirs : undefined;
  },
  limit,
  unit: limit < 1 ? "%" : "×",
});

const helium = (test: string, against: string, limit: number): Bar =>
  ratio(`Helium 2B ${test}`, ["helium2b", `Helium 2B ${test}`], against, limit);
const heliumPlain = (test: string, limit: number): Bar =>
  ratio(`Helium 2B ${test}, plain code`, ["helium2b", `Helium 2B ${test}`], native, limit, "helium-lm plain");
const smollm2 = (test: string, against: string, limit: number): Bar =>
  ratio(`SmolLM2-135M Q4_1 ${test}`, ["smollm2", `SmolLM2-135M Q4_1 ${test}`], against, limit);
const served = (test: string): Bar => ratio(test, ["serve", test], native, 0.8, "helium serve");
const gemm = (build: string, against: string, limit: number): Bar =>
  ratio(`f32 matmul 512³ 1T, ${build}`, ["gemm", "f32 matmul 512³ 1T"], against, limit, `helium-lm ${build}`);

const keptAtLength: Bar["measured"] = (reports) => {
  const long = reports.best("helium2b", "Helium 2B q4_0 decode at 2048 tokens", ours);
  const short = reports.best("helium2b", "Helium 2B q4_0 decode", ours);
  return long !== undefined && short !== undefined ? long / short : undefined;
};

const residentAt8b: Bar["measured"] = (reports) => {
  const { [ours]: resident, "the file": file } = reports.get("8b")?.peakBytes ?? {};
  return resident !== undefined && file !== undefined ? resident / (1.15 * file + 0.5e9) : undefined;
};

const slowestLoad: Bar["measured"] = (reports) => {
  const tests = new Set(reports.get("load-time")?.results.map(({ test }) => test));
  const times = [...tests].map((test) => {
    const [read, load] = ["plain read", ours].map((contender) => reports.best("load-time", test, contender) ?? NaN);
    return (read ?? NaN) / (load ?? NaN);
  });
  return times.length > 0 ? Math.max(...times) : undefined;
};

const joins: Bar["measured"] = (reports) => reports.best("joins", "120 empty joins, 2T", ours);

/** A rate of one contender as a multiple of another of its own. */
const ownRatio = (what: string, against: string, tests: readonly [string, string], limit: number, own = ours): Bar => ({
  what,
  against,
  benchmark: "batch",
  measured: (reports) => {
    const [rate, base] = tests.map((test) => reports.best("batch", test, own));
    return rate !== undefined && base !== undefined ? rate / base : undefined;
  },
  limit,
  unit: limit < 1 ? "%" : "×",
});

const q8Together = "SmolLM2-135M Q8_0 decode, 16 together";
const q8Prefill = "SmolLM2-135M Q8_0 prefill, 256 tokens";

export const bars: readonly Bar[] = [
  share("q4_0", 1, 0.7),
  share("q4_0", 2, 0.7),
  share("q8_0", 2, 0.75),
  gemm("relaxed", "tfjs-wasm", 1.6),
  gemm("relaxed", "jax-js", 1.6),
  gemm("plain", "tfjs-wasm", 1.1),
  gemm("plain", "jax-js", 1.1),
  helium("q4_0 decode", native, 0.95),
  helium("q4_0 decode", "wllama", 10),
  helium("q8_0 decode", native, 0.95),
  helium("q4_0 prefill, 256 tokens", native, 0.85),
  helium("q8_0 prefill, 256 tokens", native, 0.85),
  heliumPlain("q4_0 prefill, 256 tokens", 0.6),
  heliumPlain("q8_0 prefill, 256 tokens", 0.6),
  helium("q4_0 prefill, 256 tokens", "wllama", 18),
  ratio("8B shape Q4_K_M decode", ["8b", "8B shape Q4_K_M decode"], native, 0.85),
  {
    what: "8B shape Q4_K_M, most memory resident",
    against: "1.15 × the file + 0.5 GB",
    benchmark: "8b",
    measured: residentAt8b,
    limit: 1,
    atMost: true,
    unit: "%",
  },
  {
    what: "loading a file, the slowest of all",
    against: "reading it",
    benchmark: "load-time",
    measured: slowestLoad,
    limit: 1.5,
    atMost: true,
    unit: "×",
  },
  smollm2("decode", native, 0.75),
  smollm2("prefill, 256 tokens", native, 0.75),
  ratio(q8Together, ["batch", q8Together], native, 0.8),
  ownRatio(q8Together, "its own prefill", [q8Together, q8Prefill], 0.9),
  ownRatio(`${q8Together}, plain code`, "its own prefill", [q8Together, q8Prefill], 0.9, "helium-lm plain"),
  ...[1, 4, 16].map((clients) => served(`SmolLM2-135M Q8_0 served, ${clients} clients`)),
  ownRatio(
    "helium-nano decode, 32 together",
    "one sequence",
    ["helium-nano decode, 32 together", "helium-nano decode, 1 together"],
    14,
  ),
  smollm2("decode", "wllama", 4),
  smollm2("prefill, 256 tokens", "wllama", 8),
  {
    what: "120 empty joins, 2T",
    against: "–",
    benchmark: "joins",
    measured: joins,
    limit: 0.2,
    atMost: true,
    unit: "ms",
  },
  {
    what: "Helium 2B q4_0 decode at 2048 tokens",
    against: "at 128 tokens",
    benchmark: "helium2b",
    measured: keptAtLength,
    limit: 0.7,
    unit: "%",
  },
];
