import { describe, expect, it } from "vitest";
import { folderData } from "../node/data-folder.ts";
import { DataError } from "../errors.ts";
import type { Dataset } from "../tasks/task.ts";
import { filesData } from "./data-source.ts";
import { openDataset } from "./open-dataset.ts";
import type { Row } from "./reading.ts";

const fixtures = new URL("../../fixtures/", import.meta.url).pathname;
const data = await folderData(`${fixtures}data`);

async function rowsOf(dataset: Dataset, split: string, folder?: string): Promise<readonly Row[]> {
  const source = folder === undefined ? data : await folderData(fixtures + folder);
  const rows: Row[] = [];
  for await (const { row } of (await openDataset(dataset, split, source)).rows()) rows.push(row);
  return rows;
}

const arc = { repo: "allenai/ai2_arc", config: "ARC-Easy", testSplit: "test" };
const mmlu = (config: string): Dataset => ({
  repo: "cais/mmlu",
  config,
  validationSplit: "validation",
  testSplit: "test",
  fewShotSplit: "dev",
});
const nq = { repo: "google-research-datasets/nq_open", config: "nq_open" };
const xl = { repo: "allenai/winogrande", config: "winogrande_xl" };

describe("openDataset finds a split in", () => {
  // Where, the dataset, its split; the rows are those of fixtures/data.
  it.each<[string, Dataset, string]>([
    ["formats/hub", arc, "test"],
    ["formats/hub", { repo: "Rowan/hellaswag" }, "validation"],
    ["formats/hub/Rowan/hellaswag", { repo: "Rowan/hellaswag" }, "validation"],
    ["formats/hub/Rowan", { repo: "Rowan/hellaswag" }, "validation"],
    ["formats/converted", { repo: "mandarjoshi/trivia_qa", config: "rc.nocontext" }, "validation"],
    ["formats/converted", { repo: "baber/piqa" }, "validation"],
    ["formats/cache", mmlu("sociology"), "test"],
    ["formats/original", mmlu("machine_learning"), "test"],
    ["formats/original", mmlu("jurisprudence"), "dev"],
    ["formats/original", nq, "validation"],
    ["formats/original", nq, "train"],
    ["formats/original/nq_open", nq, "validation"],
    ["formats/original", { ...arc, config: "ARC-Challenge" }, "test"],
    ["formats/original", { repo: "allenai/openbookqa", config: "main" }, "test"],
    ["formats/original", { repo: "tau/commonsense_qa" }, "validation"],
    ["formats/original", { repo: "alexandrainst/m_arc", config: "de" }, "test"],
    ["formats/original", { repo: "alexandrainst/m_mmlu", config: "de" }, "test"],
    ["formats/packed", { repo: "lighteval/siqa" }, "validation"],
    ["formats/packed", { repo: "tau/commonsense_qa" }, "validation"],
    ["formats/packed", { repo: "openai/MMMLU", config: "FR_FR" }, "test"],
  ])("%s: %j, %s", async (folder, dataset, split) => {
    expect(await rowsOf(dataset, split, folder)).toEqual(await rowsOf(dataset, split));
  });

  it("the first publication of WinoGrande, which has a column more", async () => {
    for (const split of ["train", "validation"]) {
      const rows = await rowsOf(xl, split, "formats/original");
      expect(rows.map(({ qID: _, ...row }) => row)).toEqual(await rowsOf(xl, split));
    }
  });

  it("the hub's conversion of MKQA, where kinds of answers are numbers", async () => {
    const mkqa = { repo: "apple/mkqa", config: "mkqa" };
    const [converted, plain] = [await rowsOf(mkqa, "train", "formats/converted"), await rowsOf(mkqa, "train")];
    expect(converted.map(({ queries }) => queries)).toEqual(plain.map(({ queries }) => queries));
    expect(converted[4]?.["answers"]).toMatchObject({
      es: [{ type: 5, entity: null, text: "90 minutos", aliases: [] }],
    });
    expect(plain[4]?.["answers"]).toMatchObject({
      es: [{ type: "number_with_unit", text: "90 minutos", aliases: [] }],
    });
  });

  it("the first publications of PIQA and Social IQa, whose labels are in a list", async () => {
    const text = (lines: string): Uint8Array => new TextEncoder().encode(lines);
    const rows = text('{"goal": "a"}\n{"goal": "b"}\n');
    const labelled = async (list: string): Promise<readonly Row[]> => {
      const found: Row[] = [];
      const source = filesData({ "piqa/valid.jsonl": rows, "piqa/valid-labels.lst": text(list) });
      const { rows: readings } = await openDataset({ repo: "baber/piqa" }, "validation", source);
      for await (const { row } of readings()) found.push(row);
      return found;
    };
    expect(await labelled("1\n0\n")).toEqual([
      { goal: "a", label: "1" },
      { goal: "b", label: "0" },
    ]);
    await expect(labelled("1\n")).rejects.toThrow(
      /^piqa\/valid-labels\.lst: has 1 labels, its file has 2 rows or more; download/,
    );
    await expect(labelled("1\n0\n1\n")).rejects.toThrow(
      /^piqa\/valid-labels\.lst: has 3 labels, its file has 2 rows; download/,
    );
  });

  it("a mirror", async () => {
    const siqa = { repo: "allenai/social_i_qa", mirrors: ["lighteval/siqa"] };
    expect(await rowsOf(siqa, "validation")).toEqual(await rowsOf({ repo: "lighteval/siqa" }, "validation"));
    expect((await openDataset(siqa, "validation", data)).repo).toBe("lighteval/siqa");
  });

  it("a folder where val or dev stands for validation, but not where dev is another split", async () => {
    const row = new TextEncoder().encode("{}\n");
    const files = filesData({ "dev.jsonl": row, "test.jsonl": row });
    const plain = { repo: "a/b", validationSplit: "validation", testSplit: "test" };
    expect((await openDataset(plain, "validation", files)).files).toEqual(["dev.jsonl"]);
    await expect(openDataset({ ...plain, fewShotSplit: "dev" }, "validation", files)).rejects.toThrow(
      /^a\/b: has no split "validation" in the given files, only "dev", "test"; looked for data\/validation-00000-of-….parquet/,
    );
  });

  it("a folder with several formats: the first of parquet, jsonl, json, csv, text", async () => {
    const none = new Uint8Array(0);
    const files = filesData({ "b/test.csv": none, "b/test.jsonl": none, "b/data/test-00000-of-00001.parquet": none });
    expect((await openDataset({ repo: "a/b" }, "test", files)).files).toEqual(["b/data/test-00000-of-00001.parquet"]);
  });
});

describe("FLORES", () => {
  const flores = (config: string): Dataset => ({ repo: "facebook/flores", config, testSplit: "devtest" });

  it("has a column for each language, and no spaces at the ends of sentences", async () => {
    const rows = await rowsOf(flores("all"), "devtest");
    expect(rows).toHaveLength(18);
    expect(Object.keys(rows[0] ?? {}).sort()).toEqual([
      "id",
      ...["deu", "eng", "fra", "ita", "por", "spa"].map((language) => `sentence_${language}_Latn`),
    ]);
    expect(rows[17]).toMatchObject({ id: 18, sentence_eng_Latn: "This line ends with a space." });
    expect(await rowsOf(flores("eng_Latn-spa_Latn"), "devtest")).toEqual(
      rows.map(({ id, sentence_eng_Latn, sentence_spa_Latn }) => ({ id, sentence_eng_Latn, sentence_spa_Latn })),
    );
  });

  it("of another publication, in Parquet, has the same sentences", async () => {
    const plus = { ...flores("eng_Latn-spa_Latn"), mirrors: ["openlanguagedata/flores_plus"] };
    const [rows, texts] = [await rowsOf(plus, "devtest", "formats/plus"), await rowsOf(plus, "devtest")];
    expect(rows.map((row) => row["sentence_spa_Latn"])).toEqual(texts.map((row) => row["sentence_spa_Latn"]));
  });

  it("must have as many sentences in each language", async () => {
    const text = (lines: string): Uint8Array => new TextEncoder().encode(lines);
    const files = filesData({ "dev/eng_Latn.dev": text("a\nb\n"), "dev/spa_Latn.dev": text("c\n") });
    const { rows } = await openDataset(flores("eng_Latn-spa_Latn"), "dev", files);
    await expect(rows().next()).rejects.toThrow(
      /^facebook\/flores, split dev: must have as many sentences in each language, given eng_Latn 2, spa_Latn 1; download/,
    );
    await expect(openDataset(flores("eng_Latn-fra_Latn"), "dev", files)).rejects.toThrow(
      /^facebook\/flores: is not in/,
    );
  });
});

describe("what is not there is told in one line", () => {
  const failure = async (dataset: Dataset, split: string, source = data): Promise<string> => {
    const error: unknown = await openDataset(dataset, split, source).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DataError);
    expect((error as Error).message).not.toContain("\n");
    return (error as Error).message.replaceAll(fixtures, "");
  };

  it("a dataset", async () => {
    expect(await failure({ repo: "acme/quiz", mirrors: ["other/quiz"], config: "de" }, "test")).toBe(
      "acme/quiz: is not in data; looked for the folders datasets--acme--quiz/snapshots, acme/quiz, acme--quiz, acme__quiz, " +
        "acme_quiz, quiz, datasets--other--quiz/snapshots, other/quiz, other--quiz, other__quiz, other_quiz, quiz, and for " +
        "de/test-00000-of-….parquet, de/test/0000.parquet, de/test.jsonl (.json, .csv, .gz, .zst) in data itself; " +
        "download it (--download), or name the folder that holds it",
    );
  });

  it("a configuration, a language", async () => {
    expect(await failure({ repo: "alexandrainst/m_arc", config: "nl" }, "test")).toBe(
      'alexandrainst/m_arc: has no configuration "nl" in data/alexandrainst/m_arc, only "de", "es", "fr", "it", "pt"; looked ' +
        "for nl/test-00000-of-….parquet, nl/test/0000.parquet, nl/test.jsonl (.json, .csv, .gz, .zst); download it " +
        "(--download), or name the folder that holds it",
    );
    expect(await failure({ repo: "allenai/ai2_arc" }, "test")).toMatch(
      /has no files without a configuration in data\/allenai\/ai2_arc, only "ARC-Challenge", "ARC-Easy"; looked for/,
    );
    expect(await failure(mmlu("alchemy"), "test")).toMatch(/only "abstract_algebra", .* and 49 more; looked for/);
  });

  it("a split", async () => {
    expect(await failure(arc, "dev")).toMatch(
      /^allenai\/ai2_arc: has no split "dev" of "ARC-Easy" in data\/allenai\/ai2_arc, only "test", "train", "validation"; looked/,
    );
  });

  it("a part of a split", async () => {
    const none = new Uint8Array(0);
    const files = filesData({ "data/test-00000-of-00003.parquet": none, "data/test-00002-of-00003.parquet": none });
    expect(await failure({ repo: "a/b" }, "test", files)).toBe(
      "data/test-00000-of-00003.parquet: is one of 3 parts, of which 1 is not here (the one with number 1); download the " +
        "missing files into the same folder",
    );
  });

  it("a dataset that was saved as Arrow", async () => {
    const files = filesData({ "b/test/data-00000-of-00001.arrow": new Uint8Array(0) });
    expect(await failure({ repo: "a/b" }, "test", files)).toMatch(
      /^a\/b: is not in .*; its \.arrow files are not read here; write them/,
    );
  });

  it("a folder", async () => {
    await expect(folderData(`${fixtures}nowhere`)).rejects.toThrow(/nowhere: is not there; check the path$/);
    await expect(folderData(`${fixtures}README.md`)).rejects.toThrow(
      /README\.md: is a file; name the folder it is in$/,
    );
  });

  it("rows", async () => {
    const { rows } = await openDataset({ repo: "a/b" }, "test", filesData({ "test.jsonl": new Uint8Array(0) }));
    await expect(rows().next()).rejects.toThrow(/^test\.jsonl: has no rows; download it again$/);
  });
});

it("an archive of MMLU with a line of names says which row is wrong", async () => {
  const table = new TextEncoder().encode("question,A,B,C,D,answer\nWhat?,1,2,3,4,B\n");
  const { rows } = await openDataset(mmlu("anatomy"), "test", filesData({ "test/anatomy_test.csv": table }));
  await expect(rows().next()).rejects.toThrow(
    /^test\/anatomy_test\.csv, row 1: the last column must be A, B, C or D, given "answer"; the table has the question/,
  );
});

it("a row says its file, its number and its columns", async () => {
  const { rows } = await openDataset(arc, "test", data);
  const all = rows();
  await all.next();
  const { value: second } = await all.next();
  await all.return();
  expect(() => second!.string("stem")).toThrow(
    /^allenai\/ai2_arc\/ARC-Easy\/test\.jsonl, row 2: has no column "stem", only "id", "question", "choices", "answerKey"; check/,
  );
});
