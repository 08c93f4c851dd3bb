import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { helium, json } from "./run-helium.ts";

const scratch = mkdtempSync(join(tmpdir(), "helium-grammar-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const file = (name: string, content: string): string => {
  const path = join(scratch, name);
  writeFileSync(path, content);
  return path;
};

describe("helium generate with a grammar", () => {
  it("--choice writes one of the texts and nothing else", async () => {
    const { code, out } = await helium(["generate", "--choice", " yes, no", "Is the sky blue?"]);
    expect(code).toBe(0);
    expect([" yes\n", " no\n"]).toContain(out);
  });

  it("--regex writes a text that matches, and --json and --stats tell of it", async () => {
    const argv = ["generate", "--regex", "([a-z]{2,6} ){3}and that is the end", "--stats", "Once upon a time"];
    const told = await json<{ completion: string; finishReason: string; stats: { forcedTokens: number } }>(...argv);
    expect(told.completion).toMatch(/^([a-z]{2,6} ){3}and that is the end$/);
    expect(told.finishReason).toBe("grammar");
    expect(told.stats.forcedTokens).toBeGreaterThan(2);
    const { err } = await helium(argv);
    expect(err).toMatch(/tokens without a choice, which took no pass/);
  });

  it("--json-schema writes JSON, by a file or the schema itself", async () => {
    const schema = {
      type: "object",
      properties: { a: { enum: ["x", "y"] }, b: { type: "boolean" } },
      required: ["a", "b"],
    };
    const content = JSON.stringify({ ...schema, additionalProperties: false });
    for (const given of [content, file("schema.json", content)]) {
      const { code, out } = await helium(["generate", "--json-schema", given, "A value:"]);
      expect(code).toBe(0);
      expect(["x", "y"]).toContain((JSON.parse(out) as { a: string }).a);
    }
    const refused = await helium(["generate", "--json-schema", '{"type":"string","format":"none-such"}', "Hello"]);
    expect(refused.code).toBe(1);
    expect(refused.err).toMatch(/format: "none-such" is not known/);
  });

  it("--grammar reads GBNF, and --max-new-tokens may cut", async () => {
    const path = file("list.gbnf", 'root ::= "- " item ("\\n- " item){2}\nitem ::= [a-z]+ " " [a-z]{1,9}\n');
    const { out } = await helium(["generate", "--grammar", path, "--sample", "--seed", "3", "A list:"]);
    expect(
      out
        .split("\n")
        .slice(0, 3)
        .every((line) => line.startsWith("- ")),
    ).toBe(true);
    const cut = await helium(["generate", "--grammar", path, "--max-new-tokens", "2", "A list:"]);
    expect(cut.code).toBe(0);
    expect(cut.err).toMatch(/cut off before its grammar came to an end/);
  });

  it.each([
    [["--choice", "a", "--regex", "b"], 2, /--regex and --choice cannot be combined/],
    [["--choice", "a,"], 2, /--choice is "a,"; expected texts/],
    [["--json-schema", "{"], 2, /--json-schema is not JSON/],
    [["--json-schema", join(scratch, "none.json")], 2, /--json-schema .*none\.json cannot be read \(ENOENT\)/],
    [["--grammar", join(scratch, "none.gbnf")], 2, /cannot be read/],
    [["--regex", "(a"], 1, /\(a/],
    [["--regex", "(a)\\1"], 1, /backreference/],
  ])("%j is refused", async (argv, code, message) => {
    const ran = await helium(["generate", ...argv, "Hello"]);
    expect(ran.out).toBe("");
    expect(ran.err).toMatch(message);
    expect(ran.code).toBe(code);
  });
});

describe("helium chat with a grammar", () => {
  it("answers with it alone", async () => {
    const { out } = await helium(["chat", "--choice", "red,green", "--json"], {
      stdin: ["What colour?\n", "And now?\n"],
    });
    const answers = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { content: string; finishReason: string });
    expect(answers).toHaveLength(2);
    for (const { content, finishReason } of answers) {
      expect(["red", "green"]).toContain(content.trim());
      expect(finishReason).toBe("grammar");
    }
  });
});
