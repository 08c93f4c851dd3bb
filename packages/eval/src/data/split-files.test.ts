import { expect, it } from "vitest";
import { splitFile } from "./split-files.ts";

// path, name of the dataset, config, split, part
it.each<[string, string, string | null, string, [number, number] | null]>([
  ["data/train-00000-of-00001.parquet", "hellaswag", null, "train", [0, 1]],
  ["data/train-00000-of-00001-da17dfc1120ed1ee.parquet", "siqa", null, "train", [0, 1]],
  ["data/validation-00001-of-00002.parquet", "piqa", null, "validation", [1, 2]],
  ["ARC-Easy/test-00000-of-00001.parquet", "ai2_arc", "ARC-Easy", "test", [0, 1]],
  ["de/test/0000.parquet", "m_arc", "de", "test", null],
  ["plain_text/validation/0003.parquet", "piqa", "plain_text", "validation", null],
  ["default/train/0000.parquet", "siqa", null, "train", null],
  ["rc.nocontext/validation-00000-of-00001.parquet", "trivia_qa", "rc.nocontext", "validation", [0, 1]],
  ["de/val.jsonl", "m_hellaswag", "de", "val", null],
  ["test.jsonl.gz", "x", null, "test", null],
  ["TEST.JSON", "x", null, "test", null],
  ["data/de_test.json", "okapi_mmlu", "de", "test", null],
  ["de_dev.json", "okapi_mmlu", "de", "dev", null],
  ["hellaswag_val.jsonl", "hellaswag", null, "val", null],
  ["piqa_validation.parquet", "piqa", null, "validation", null],
  ["machine_learning/mmlu-test.parquet", "mmlu", "machine_learning", "test", null],
  ["mmlu-train-00001-of-00002.parquet", "mmlu", null, "train", [1, 2]],
  ["de/okapi_mmlu-test-00000-of-00001.parquet", "okapi_mmlu", "de", "test", [0, 1]],
  ["NQ-open.dev.jsonl", "nq_open", null, "dev", null],
  ["data/test/abstract_algebra_test.csv", "mmlu", "abstract_algebra", "test", null],
  ["val/high_school_us_history_val.csv", "mmlu", "high_school_us_history", "val", null],
  ["auxiliary_train/train-00000-of-00001.parquet", "mmlu", "auxiliary_train", "train", [0, 1]],
  ["test/mmlu_DE-DE.csv", "MMMLU", "DE-DE", "test", null],
  ["devtest/eng_Latn.devtest", "flores", "eng_Latn", "devtest", null],
  ["flores200_dataset/dev/spa_Latn.dev", "flores", "spa_Latn", "dev", null],
  ["dev/eng_Latn.parquet", "flores_plus", "eng_Latn", "dev", null],
  ["ARC-Easy/ARC-Easy-Dev.jsonl", "ai2_arc", "ARC-Easy", "dev", null],
  ["train_rand_split.jsonl", "commonsense_qa", null, "train", null],
  ["Data/Main/dev.jsonl", "openbookqa", "Main", "dev", null],
  ["train_xl.jsonl", "winogrande", "xl", "train", null],
  ["mkqa.jsonl.gz", "mkqa", null, "train", null],
  ["dataset/mkqa.jsonl.gz", "mkqa", "dataset", "train", null],
])("%s of %s is of %s, %s", (path, name, config, split, part) => {
  expect(splitFile(path, name)).toMatchObject({
    path,
    config,
    split,
    part: part && { index: part[0], count: part[1] },
  });
});

it.each([
  "README.md",
  "dataset_infos.json",
  "train.lst",
  "data/train",
  "train.parquet.crc",
  "possible_test_words.txt.bak",
])("%s is none of rows", (path) => expect(splitFile(path, "x")).toBeNull());
