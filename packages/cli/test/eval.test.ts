import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { root } from "../../../testing/repository.ts";
import { helium } from "./run-helium.ts";

const data = `${root}packages/eval/fixtures/data`;
const folder = mkdtempSync(join(tmpdir(), "helium-eval-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const outOf = (name: string): string => join(folder, name);

interface Results {
  readonly tasks: readonly {
    readonly name: string;
    readonly n: { readonly effective: number };
    readonly metrics: readonly { readonly name: string; readonly value: number; readonly stderr: number | null }[];
  }[];
  readonly files: { readonly results: string; readonly report: string; readonly samples: readonly string[] };
}

const small = ["arc_easy", "winogrande", "nq_open", "--limit", "4", "--data", data];

async function evaluated(out: string, ...args: string[]): Promise<Results> {
  const { code, out: printed, err } = await helium(["eval", ...args, "--out", outOf(out), "--json"]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return JSON.parse(printed) as Results;
}

const figuresOf = ({ tasks }: Results): unknown => tasks.map(({ name, n, metrics }) => ({ name, n, metrics }));

describe("helium eval", () => {
  test("prints a table and writes results, samples and a report", async () => {
    const { code, out, err } = await helium(["eval", ...small, "--out", outOf("table")]);
    expect(code).toBe(0);
    for (const name of ["arc_easy", "winogrande", "nq_open", "acc_norm", "exact_match"]) expect(out).toContain(name);
    expect(err).toContain("results in ");
    const names = readdirSync(join(outOf("table"), "helium-nano"));
    for (const start of ["results_", "report_", "samples_arc_easy_", "samples_winogrande_", "samples_nq_open_"])
      expect(names.filter((name) => name.startsWith(start))).toHaveLength(1);
    expect(names.filter((name) => name.endsWith(".part"))).toEqual([]);
  });

  test("in shards and merged gives the same figures, and a missing shard is named", async () => {
    const whole = await evaluated("whole", ...small);
    for (const shard of ["1/2", "2/2"]) {
      const args = ["eval", ...small, "--shard", shard, "--out", outOf(`shard-${shard[0]}`)];
      expect((await helium(args)).code).toBe(0);
    }
    const merged = await evaluated("merged", "merge", outOf("shard-1"), outOf("shard-2"));
    expect(figuresOf(merged)).toEqual(figuresOf(whole));
    const { code, err } = await helium(["eval", "merge", outOf("shard-2"), "--out", outOf("none")]);
    expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining("shard 1/2 is missing") as string });
    expect(existsSync(outOf("none"))).toBe(false);
  });

  test("says how likely a text is", async () => {
    const { tasks } = await evaluated("text", "--text", `${root}packages/eval/fixtures/text/manual.txt`);
    const metrics = new Map(tasks[0]?.metrics.map(({ name, value }) => [name, value]));
    expect(metrics.get("bits_per_byte")).toBeLessThan(3);
    expect(metrics.get("byte_perplexity")).toBeCloseTo(2 ** (metrics.get("bits_per_byte") ?? NaN), 6);
  });

  test("lists what there is", async () => {
    const { out } = await helium(["eval", "--list"]);
    for (const name of ["helium-card", "lm-eval", "mmlu_stem", "hellaswag_pt", "flores_en-de"])
      expect(out).toContain(name);
  });

  test.each([
    [["arc_eazy"], 1, 'did you mean "arc_easy"?'],
    [["arc_easy", "--preset", "lm-eval"], 2, "takes one of --preset, --text and tasks"],
    [["--preset", "helium"], 1, 'did you mean "helium-card"?'],
    [["arc_easy", "--shard", "3/2"], 1, 'shard: is "3/2"'],
    [["arc_easy", "--data", "no/such/folder"], 1, "no/such/folder: is not there"],
    [["arc_easy", "--data", root], 1, "ai2_arc"],
    [["--text", "no-such-file.txt"], 1, "no-such-file.txt: cannot be read"],
    [["arc_easy", "--endpoint", "http://localhost:1"], 2, "--endpoint needs --endpoint-model"],
    [["arc_easy", "--tokenizer", "x"], 2, "goes with --endpoint"],
    [["merge"], 2, "takes the folders"],
    [["merge", "no/such/folder"], 1, "no/such/folder"],
    [["flores_en-de", "--bleu-tokenizer", "flores200"], 2, "go together"],
  ])("%j is refused in one line", async (args, code, message) => {
    const ran = await helium(["eval", ...args, "--out", outOf("refused")]);
    expect(ran).toMatchObject({ code, out: "" });
    expect(ran.err).toContain(message);
    expect(ran.err.trimEnd()).not.toContain("\n");
  });

  test("rows that do not fit are named, and nothing is scored", async () => {
    const own = mkdtempSync(join(folder, "data-"));
    const path = join(own, "train.jsonl");
    writeFileSync(path, '{"goal":"a","sol1":"b","sol2":"c","label":0}\n{"goal":"a","sol1":"b","label":1}\n');
    writeFileSync(join(own, "validation.jsonl"), readFileSync(path));
    const { code, err } = await helium(["eval", "piqa", "--data", own, "--out", outOf("rows")]);
    expect(code).toBe(1);
    expect(err).toMatch(/validation\.jsonl, row 2: has no column "sol2"/);
  });
});
