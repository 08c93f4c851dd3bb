import { describe, expect, it } from "vitest";
import type { BenchReport } from "../src/bench/bench-report.ts";
import { helium, json } from "./run-helium.ts";

const ofTest = (report: BenchReport): string[] =>
  report.runs.flatMap(({ results }) =>
    results.map(({ kind, tokens, depth, batch }) => `${kind} ${tokens} @${depth} ×${batch}`),
  );

describe("helium bench", () => {
  it("measures every test as often as it is told, and reports all that speeds depend on", async () => {
    const report = await json<BenchReport>(
      "bench",
      "-p",
      "8,16",
      "-n",
      "4",
      "--batch",
      "1,2",
      "-r",
      "3",
      "--backend",
      "cpu",
    );
    expect(ofTest(report)).toEqual([
      ...["prefill 8 @0 ×1", "prefill 16 @0 ×1", "decode 4 @0 ×1"],
      ...["prefill 8 @0 ×2", "prefill 16 @0 ×2", "decode 4 @0 ×2"],
    ]);
    const [run] = report.runs;
    for (const { runs, best, mean, deviation } of run!.results) {
      expect(runs).toHaveLength(3);
      expect(Math.min(...runs)).toBeGreaterThan(0);
      expect([best, mean]).toEqual([Math.max(...runs), (runs[0]! + runs[1]! + runs[2]!) / 3]);
      expect(deviation).toBeLessThan(best);
    }
    expect(report.model).toMatchObject({ name: "helium-nano", modelType: "helium", parameters: 7_965_952 });
    expect(report.settings).toEqual({ repetitions: 3, budget: 512 });
    expect(report.machine.cores).toBeGreaterThan(0);
    expect(report.machine.runtime["Node"]).toBe(process.versions.node);
    expect(run!.backend).toMatchObject({ backend: "cpu" });
    expect(run!.loadSeconds).toBeGreaterThan(0);
    expect(run!.memory.peakBytes).toBeGreaterThanOrEqual(run!.memory.loadedBytes);
    expect(run!.kernels.prefill!.slow).toEqual([]);
    expect(run!.kernels.prefill!.calls.kernel).toBeGreaterThan(50);
    expect(run!.kernels.decode!.calls).toMatchObject({ host: 0, cast: 0 });
  });

  // Trace, warm-up and two runs of each; what is there before a test is computed once.
  it.each<[string, readonly string[], number]>([
    ["a prompt of two passes", ["-p", "32", "-n", "0", "--budget", "16"], 4 * 2],
    ["a prompt behind a context of four", ["-p", "16", "-n", "0", "-d", "64", "--budget", "16"], 4 + 4 * 1],
    ["four prompts at a time", ["-p", "16", "-n", "0", "--batch", "4", "--budget", "16"], 4 * 4],
    ["new tokens, one of which is traced and eight warm up", ["-p", "0", "-n", "12"], 1 + 8 + 2 * 12],
    ["new tokens of four texts, which share passes", ["-p", "0", "-n", "12", "--batch", "4"], 1 + 8 + 2 * 12],
    ["new tokens behind a context of two", ["-p", "0", "-n", "4", "-d", "32", "--budget", "16"], 2 + 1 + 4 + 2 * 4],
  ])("computes no more than it says: %s", async (_, argv, passes) => {
    const report = await json<BenchReport>("bench", ...argv, "-r", "2", "--threads", "1");
    expect(report.runs[0]!.replay.passes).toBe(passes);
  });

  it("loads the model anew for every number of threads", async () => {
    const report = await json<BenchReport>("bench", "-p", "8", "-n", "0", "-r", "1", "-t", "1,2", "--backend", "wasm");
    expect(report.runs.map(({ backend }) => backend["threads"])).toEqual([1, 2]);
  });

  it("shows a table, and names the ops that are no kernels of the backend", async () => {
    const argv = ["bench", "-p", "4", "-n", "2", "-r", "1"];
    const plain = await helium([...argv, "--backend", "cpu"]);
    expect(plain.out).toMatch(/^helium-nano\n  model +helium, 7,965,952 parameters, 15\.9 MB bf16/);
    expect(plain.out).toMatch(
      /\n  test  threads  batch  best +mean ± deviation\n  pp4   1        1      [\d.,]+ +[\d.,]+ ± 0\.00\n  tg2 /,
    );
    expect(plain.out).toMatch(/\n  prefill +\d+ calls of kernels and no other\n/);
    const slow = await helium([...argv, "--backend", "gpujs", "--gpujs-mode", "cpu", "--kv-dtype", "q8_0"]);
    expect(slow.out).toMatch(/\nbackend gpujs\n  mode +cpu\n/);
    expect(slow.out).toMatch(
      /\n  prefill +\d+ calls of kernels, \d+ in JavaScript on the host \(cast f32 → i8 × 12; .*\), 30 composed of others \(int8Scales f32 → f32 × 12; /,
    );
  });

  it("prints a table in Markdown with the facts below", async () => {
    const { out } = await helium(["bench", "-p", "4", "-n", "2", "-r", "2", "--backend", "cpu", "--markdown"]);
    const [header, rule, first, second, blank, fence] = out.split("\n");
    expect(header).toBe("| model | size | params | backend | threads | test | batch | best t/s | t/s |");
    expect(rule).toMatch(/^\| --- (\| -+:? )+\|$/);
    expect(first).toMatch(
      /^\| helium-nano bf16 \| 15\.9 MB \| 7,965,952 \| cpu \| 1 \| pp4 \| 1 \| [\d.,]+ \| [\d.,]+ ± [\d.,]+ \|$/,
    );
    expect(second).toContain("| tg2 |");
    expect([blank, fence]).toEqual(["", "```text"]);
    expect(out).toMatch(/machine .*\n```\n$|versions .*[\s\S]*```\n$/);
  });

  it.each<[readonly string[], RegExp]>([
    [["-p", "0", "-n", "0"], /has nothing to measure; give --n-prompt or --n-gen above 0/],
    [["-p", "1024", "-n", "0", "-d", "1"], /pp1024 @ d1 needs 1,025 tokens, but the model's context is 1,024; lower/],
    [
      ["-p", "1,x"],
      /--n-prompt is "1,x"; expected a whole number from 0 to 4294967295, or several, separated by commas/,
    ],
    [["--json", "--markdown"], /prints --json or --markdown, not both/],
    [["a", "b"], /measures one model, but 2 were given/],
    [["a", "--model", "b"], /as an argument or with --model, not both/],
  ])("refuses %j", async (argv, message) => {
    const { code, err } = await helium(["bench", ...argv]);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });
});
