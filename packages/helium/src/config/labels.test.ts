import { expect, test } from "vitest";
import { areDefaultLabels, readLabels } from "./labels.ts";

const read = (raw: Parameters<typeof readLabels>[0]): ReturnType<typeof readLabels> => readLabels(raw, "config.json");

test("names are those of id2label, or else of label2id turned around", () => {
  const labels = { id2label: { 0: "de", 1: "fr", 2: "it" }, label2id: { de: 0, fr: 1, it: 2 }, numLabels: 3 };
  expect(read({ id2label: { "0": "de", "1": "fr", "2": "it" } })).toEqual(labels);
  expect(read({ label2id: { de: 0, fr: 1, it: 2 } })).toEqual(labels);
});

test("another num_labels makes them anew, and without any key there are two", () => {
  expect(read({ id2label: { "0": "de" }, num_labels: 3 }).id2label).toEqual({
    0: "LABEL_0",
    1: "LABEL_1",
    2: "LABEL_2",
  });
  expect(areDefaultLabels(read({}))).toBe(true);
  expect(areDefaultLabels(read({ num_labels: 3 }))).toBe(false);
});

test.each(["01", "-1", "1.5", "one", "1234567890"])("%s is no class index", (id) => {
  expect(() => read({ id2label: { [id]: "name" } })).toThrow(`id2label.${id}`);
});
