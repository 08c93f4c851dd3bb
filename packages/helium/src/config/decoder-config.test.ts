import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DecoderConfig } from "./decoder-config.ts";

const models = new URL("../../../../fixtures/models/", import.meta.url);
const files = readdirSync(models, { recursive: true, encoding: "utf8" }).filter(
  (name) => name.endsWith("config.json") && !name.includes("generation"),
);

describe("config.json of the fixtures", () => {
  it.each(files)("%s is written back byte for byte", (name) => {
    const text = readFileSync(new URL(name, models), "utf8");
    expect(DecoderConfig.fromJSON(text, { fileName: name }).toJSONString()).toBe(text);
  });
});
