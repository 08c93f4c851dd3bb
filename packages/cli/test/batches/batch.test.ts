import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { greedy, helium } from "../run-helium.ts";

interface Outcome {
  readonly id: string;
  readonly custom_id: string;
  readonly response: { readonly status_code: number; readonly request_id: string; readonly body: unknown };
  readonly error: unknown;
}

let folder = "";
let input = "";
let output = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "helium-batch-"));
  [input, output] = [join(folder, "in.jsonl"), join(folder, "out.jsonl")];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (...lines: (object | string)[]): void =>
  writeFileSync(input, lines.map((line) => `${typeof line === "string" ? line : JSON.stringify(line)}\n`).join(""));
const outcomes = (): Outcome[] =>
  readFileSync(output, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Outcome);
const completion = (custom_id: string, body: object = {}): object => ({
  custom_id,
  method: "POST",
  url: "/v1/completions",
  body: { prompt: "Once upon a time", max_tokens: 8, temperature: 0, ...body },
});
const threads = ["--threads", "1"];

describe("helium batch", () => {
  it("answers requests of every route, each by its own model, in the order of the input", async () => {
    const texts = greedy.map(({ prompt, sequence, input_ids }, i) =>
      completion(`text ${i}`, { prompt, max_tokens: sequence.length - input_ids.length, model: "gpt-4o-mini" }),
    );
    const of = (custom_id: string, url: string, body: object): object => ({ custom_id, method: "POST", url, body });
    const messages = [{ role: "user", content: "Hallo" }];
    write(
      // The longest first, so that others are done before it.
      completion("long", { max_tokens: 200, ignore_eos: true }),
      of("chat", "/v1/chat/completions", { messages, max_tokens: 4 }),
      "",
      of("response", "/v1/responses", { input: "Hallo", max_output_tokens: 16 }),
      of("vector", "/v1/embeddings", { input: ["a", "b"] }),
      of("label", "/v1/classify", { model: "helium-nano-langid", input: "Wo ist der Bahnhof?" }),
      of("parts", "/v1/tag", { model: "helium-nano-codeswitch", input: "Ouvrez le menu, then wait." }),
      of("unknown", "/v1/embeddings", { model: "nobody", input: "a" }),
      of("wrong", "/v1/completions", { prompt: 7 }),
      ...texts,
    );
    const models = "helium-nano,helium-nano-langid,helium-nano-codeswitch";
    const ran = await helium([
      "batch",
      input,
      output,
      "--models",
      models,
      "--alias",
      "gpt-4o-mini",
      ...threads,
      "--json",
    ]);
    expect(ran).toEqual({
      code: 0,
      out: `${JSON.stringify({ output, requests: 8 + texts.length, succeeded: 6 + texts.length, failed: 2, found: 0 })}\n`,
      err: "",
    });
    const all = outcomes();
    expect(all.map(({ custom_id }) => custom_id)).toEqual(
      ["long", "chat", "response", "vector", "label", "parts", "unknown", "wrong"].concat(
        greedy.map((_, i) => `text ${i}`),
      ),
    );
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(
      all.every(
        ({ id, error, response }) => id.startsWith("batch_req_") && error === null && response.request_id !== "",
      ),
    ).toBe(true);
    expect(all.slice(1, 6).map(({ response }) => response.body)).toMatchObject([
      { object: "chat.completion" },
      { object: "response" },
      { data: [{ index: 0 }, { index: 1 }] },
      { data: [{ label: "de" }] },
      { data: [{}] },
    ]);
    expect(all.slice(6, 8).map(({ response }) => response)).toMatchObject([
      { status_code: 404, body: { error: { code: "model_not_found" } } },
      { status_code: 400, body: { error: { param: "prompt" } } },
    ]);
    // What the same model writes in transformers.
    const written = all
      .slice(8)
      .map(({ response }) => (response.body as { choices: { text: string }[] }).choices[0]?.text);
    expect(written).toEqual(greedy.map(({ prompt, text }) => text.slice(text.indexOf(prompt) + prompt.length)));
    expect(readdirSync(folder).sort()).toEqual(["in.jsonl", "out.jsonl"]);
  });

  it("refuses a file with a line that is no request, by its number, and runs nothing of it", async () => {
    write(
      completion("a"),
      "{",
      completion("a"),
      { custom_id: "b", url: "/v1/models", body: {} },
      completion("c", { stream: true }),
    );
    const { code, err } = await helium(["batch", input, output, ...threads]);
    expect(code).toBe(1);
    expect(err).toMatch(
      /in\.jsonl: is no batch, and nothing of it was run: line 2: line: is not JSON; .*line 3: custom_id: is that of line 1 too; .*line 4: url: is "\/v1\/models".*line 5: body\.stream: is true/,
    );
    expect(readdirSync(folder)).toEqual(["in.jsonl"]);
    writeFileSync(input, Buffer.from([0x7b, 0xff, 0x7d]));
    expect((await helium(["batch", input, output])).err).toContain("line 1: line: is not UTF-8");
    writeFileSync(input, "\n\n");
    expect((await helium(["batch", input, output])).err).toContain("file: has no request");
  });

  it("goes on after it was interrupted, and notices another input, other options and another output", async () => {
    write(
      ...Array.from({ length: 40 }, (_, i) =>
        completion(`${i}`, { prompt: `Number ${i}`, max_tokens: 40, ignore_eos: true }),
      ),
    );
    const argv = ["batch", input, output, "--max-sequences", "4", ...threads];
    const journal = `${output}.journal`;
    const interrupt = new AbortController();
    const watch = setInterval(() => {
      if ((statSync(journal, { throwIfNoEntry: false })?.size ?? 0) > 2000) interrupt.abort();
    }, 5);
    const first = await helium(argv, { signal: interrupt.signal });
    clearInterval(watch);
    expect(first).toMatchObject({ code: 130, out: "" });
    const [, done = ""] =
      /^(\d+) of 40 requests are done, in \S+; the same command goes on from there\n$/.exec(first.err) ?? [];
    expect(readdirSync(folder).sort()).toEqual(["in.jsonl", "out.jsonl.journal"]);
    const kept = readFileSync(input);
    writeFileSync(input, kept.subarray(0, kept.lastIndexOf(10, -2) + 1));
    expect(await helium(argv)).toMatchObject({
      code: 1,
      err: `${journal}: was begun for another input than ${input} is now; give that one back, or delete this file to begin anew\n`,
    });
    writeFileSync(input, kept);
    expect((await helium([...argv, "--dtype", "q8_0"])).err).toMatch(
      /was begun with other options, .*give the same, or delete/,
    );
    const second = await helium(argv);
    expect(second).toEqual({
      code: 0,
      out: `40 answers are in ${output}\n`,
      err: `going on: ${done} of 40 requests were done already\n`,
    });
    expect(outcomes().map(({ custom_id }) => custom_id)).toEqual(Array.from({ length: 40 }, (_, i) => `${i}`));
    expect(existsSync(journal)).toBe(false);
    expect(await helium(argv)).toMatchObject({
      code: 2,
      err: expect.stringContaining("out.jsonl is there already") as string,
    });
  });

  it("a process that was killed between the output and the end of its journal is no hindrance", async () => {
    write(completion("a"));
    const { code } = await helium(["batch", input, output, ...threads]);
    const answer = readFileSync(output, "utf8");
    const sha256 = (await import("node:crypto")).createHash("sha256").update(readFileSync(input)).digest("hex");
    const header = { heliumBatchJournal: 1, sha256, requests: 1, settings: { model: "helium-nano" } };
    writeFileSync(`${output}.journal`, `${JSON.stringify(header)}\n[0,${answer.trimEnd()}]\n[0,{"id":"a second`);
    const again = await helium(["batch", input, output, "--json"]);
    expect([code, again.code]).toEqual([0, 0]);
    expect(JSON.parse(again.out)).toMatchObject({ found: 1, succeeded: 1 });
    expect(readFileSync(output, "utf8")).toBe(answer);
    expect(readdirSync(folder).sort()).toEqual(["in.jsonl", "out.jsonl"]);
  });

  it("a model that cannot be loaded is told once, and a wrong command line before anything", async () => {
    write(completion("a"));
    const none = await helium(["batch", input, output, "--model", join(folder, "nothing")]);
    expect(none).toMatchObject({ code: 1, err: expect.stringContaining("is not a folder") as string });
    expect(readdirSync(folder)).toEqual(["in.jsonl"]);
    expect((await helium(["batch", input])).err).toContain("takes an input and an output, but 1 names were given");
    expect((await helium(["batch", input, input])).err).toContain("is the input as well");
    expect((await helium(["batch", `${input}x`, output])).err).toContain("cannot be read (ENOENT)");
    expect((await helium(["batch", input, output, "--model", "a", "--models", "b"])).code).toBe(2);
  });
});
