import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { AutoModel, AutoTokenizer } from "@helium-lm/helium";
import { root } from "../../../testing/repository.ts";
import { helium } from "./run-helium.ts";

interface Line {
  readonly index: number;
  readonly text: string;
  readonly tokens: number;
  readonly embedding: readonly number[];
}

const texts = ["To install the system, you need a disk.", "Um das System zu installieren,", "A"];
const folder = mkdtempSync(join(tmpdir(), "helium-embed-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function lines(...argv: string[]): Promise<readonly Line[]> {
  const { code, out, err } = await helium(["embed", "--json", ...argv]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
}

/** Rows `[T, C]` of the last hidden states, by the forward pass alone. */
async function states(text: string): Promise<readonly (readonly number[])[]> {
  const location = `${root}models/helium-nano`;
  const tokenizer = await AutoTokenizer.fromPretrained(location);
  using trunk = await AutoModel.fromPretrained(location, { backend: "cpu" });
  using output = trunk.forward(tokenizer(text));
  const [, T = 0, C = 0] = output.lastHiddenState.shape;
  const flat = Array.from(await output.lastHiddenState.data());
  return Array.from({ length: T }, (_, t) => flat.slice(t * C, (t + 1) * C));
}

describe("helium embed", () => {
  it.each([
    [
      "mean",
      (rows: readonly (readonly number[])[]) =>
        rows[0]!.map((_, c) => rows.reduce((s, r) => s + r[c]!, 0) / rows.length),
    ],
    ["last", (rows: readonly (readonly number[])[]) => rows.at(-1)!],
    ["cls", (rows: readonly (readonly number[])[]) => rows[0]!],
  ] as const)("pools by %s what the forward pass gives, with length 1 or --raw", async (pooling, pooled) => {
    const found = await lines("--pooling", pooling, ...texts);
    const raw = await lines("--pooling", pooling, "--raw", ...texts);
    expect(found.map(({ index, text }) => [index, text])).toEqual(texts.map((text, index) => [index, text]));
    for (const [index, text] of texts.entries()) {
      const rows = await states(text);
      const expected = pooled(rows);
      const length = Math.hypot(...expected);
      expect(found[index]!.tokens).toBe(rows.length);
      expected.forEach((value, c) => {
        expect(found[index]!.embedding[c]).toBeCloseTo(value / length, 4);
        expect(raw[index]!.embedding[c]! / length).toBeCloseTo(value / length, 4);
      });
    }
  });

  it("pools by the mean where nothing is said, and takes the first numbers alone", async () => {
    expect(await lines(texts[0]!)).toEqual(await lines("--pooling", "mean", texts[0]!));
    const [whole] = await lines("--raw", texts[0]!);
    const [cut] = await lines("--raw", "--dimensions", "8", texts[0]!);
    expect(cut!.embedding).toEqual(whole!.embedding.slice(0, 8));
  });

  it("reads lines, more than are computed at once, and gives them in order", async () => {
    const many = Array.from({ length: 300 }, (_, i) => `Text number ${i}`);
    const { out, err } = await helium(["embed", "--json", "--dimensions", "4"], { stdin: [`${many.join("\n\n")}\n`] });
    expect(err).toBe("");
    const found = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Line);
    expect(found.map(({ text }) => text)).toEqual(many);
    expect(found.map(({ index }) => index)).toEqual(many.map((_, index) => index));
    const [alone] = await lines("--dimensions", "4", many[217]!);
    alone!.embedding.forEach((value, c) => expect(found[217]!.embedding[c]).toBeCloseTo(value, 5));
  });

  it("shows the first numbers, and how alike texts are", async () => {
    const { out } = await helium(["embed", "a cat", "a cat", "the train to Paris"]);
    const [first, second, third, blank, header, ...table] = out.trimEnd().split("\n");
    expect(first).toMatch(/^( ?-?\d\.\d{4} ){4}… \d+ numbers\ta cat$/);
    expect(second).toBe(first);
    expect(third).toContain("the train to Paris");
    expect(blank).toBe("");
    expect(header!.trim().split(/\s+/)).toEqual(["cosine", "1", "2", "3"]);
    const cosines = table.map((row) => row.trim().split(/\s+/).map(Number));
    expect(cosines.map(([n]) => n)).toEqual([1, 2, 3]);
    expect(cosines[0]!.slice(1, 3)).toEqual([1, 1]);
    expect(cosines[2]![1]).toBe(cosines[0]![3]);
    expect(Math.abs(cosines[2]![1]!)).toBeLessThan(1);
  });

  it("writes an array that NumPy reads", async () => {
    const file = join(folder, "vectors.npy");
    const { code, out } = await helium(["embed", "--output", file, ...texts]);
    expect(code).toBe(0);
    const found = await lines(...texts);
    const columns = found[0]!.embedding.length;
    expect(out).toMatch(new RegExp(`vectors.npy: 3 vectors of ${columns} numbers · [\\d.]+ kB\n$`));
    const bytes = readFileSync(file);
    // np.save of NumPy 2 begins so: magic, version, length, description, spaces, newline.
    expect(bytes.subarray(0, 10).toString("latin1")).toBe("\x93NUMPY\x01\x00\x76\x00");
    expect(bytes.subarray(10, 128).toString("latin1")).toBe(
      `{'descr': '<f4', 'fortran_order': False, 'shape': (3, ${columns}), }`.padEnd(117) + "\n",
    );
    expect(bytes.length).toBe(128 + 4 * 3 * columns);
    const values = Array.from({ length: 3 * columns }, (_, i) => bytes.readFloatLE(128 + 4 * i));
    expect(values).toEqual(found.flatMap(({ embedding }) => embedding.map(Math.fround)));
  });

  it.each<[readonly string[], number, RegExp]>([
    [
      ["--output", "vectors.bin", "a"],
      2,
      /--output vectors\.bin does not end in \.npy; for JSON lines use --json > vectors\.bin/,
    ],
    [["--output", "vectors.npy", "--json", "a"], 2, /--output or JSON lines with --json, not both/],
    [["--pooling", "max", "a"], 2, /--pooling is "max"; expected one of mean, last, cls/],
    [["--dimensions", "257", "a"], 1, /^dimensions: /],
    [
      ["word ".repeat(1100)],
      1,
      /^text 1: has 1,\d{3} tokens, but the context of .* is 1,024; shorten it, or give --truncate/,
    ],
    [[], 2, /needs a text; give it in quotes, or pipe lines in/],
  ])("refuses %j", async (argv, expected, message) => {
    const { code, out, err } = await helium(["embed", ...argv]);
    expect({ code, out }).toEqual({ code: expected, out: "" });
    expect(err).toMatch(message);
  });

  it("cuts what is too long where it is told to, and replaces a file where it is told to", async () => {
    const [cut] = await lines("--truncate", "--dimensions", "2", "word ".repeat(1100));
    expect(cut!.tokens).toBe(1024);
    const file = join(folder, "there.npy");
    writeFileSync(file, "mine");
    expect((await helium(["embed", "--output", file, "a"])).err).toMatch(/already exists; .*--force to replace it/);
    expect(readFileSync(file, "utf8")).toBe("mine");
    expect((await helium(["embed", "--output", file, "--force", "a"])).code).toBe(0);
    expect(readFileSync(file).subarray(1, 6).toString()).toBe("NUMPY");
  });
});
