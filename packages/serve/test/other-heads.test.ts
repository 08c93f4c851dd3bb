import { AutoModelForSequenceClassification, AutoModelForTokenClassification, AutoTokenizer } from "@helium-lm/helium";
import { modelEntry } from "@helium-lm/serve";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root } from "../../../testing/repository.ts";
import { openServer, type OpenServer } from "./open-server.ts";
import { postJson } from "./post-json.ts";

const langid = `${root}models/helium-nano-langid`;
const codeswitch = `${root}models/helium-nano-codeswitch`;

let server: OpenServer;
beforeAll(async () => {
  server = await openServer({
    models: [
      modelEntry("langid", langid, { backend: "cpu" }),
      modelEntry("codeswitch", codeswitch, { backend: "cpu" }),
    ],
  });
});
afterAll(() => server[Symbol.asyncDispose]());

const texts = ["Wo ist der Bahnhof in dieser Stadt?", "Le fichier doit être enregistré avant la fermeture."];

test("a label for each text, with the probabilities of the model itself", async () => {
  const tokenizer = await AutoTokenizer.fromPretrained(langid);
  using model = await AutoModelForSequenceClassification.fromPretrained(langid, { backend: "cpu" });
  const { body } = await postJson(`${server.url}/v1/classify`, { model: "langid", input: texts });
  const { data, usage } = body as { data: { label: string; probs: number[]; labels: string[] }[]; usage: unknown };
  expect(data.map(({ label }) => label)).toEqual(["de", "fr"]);
  for (const [index, text] of texts.entries()) {
    using output = model.forward(tokenizer(text));
    const logits = Array.from(await output.logits.data());
    const sum = logits.reduce((total, x) => total + Math.exp(x), 0);
    data[index]?.probs.forEach((p, i) => expect(p).toBeCloseTo(Math.exp(logits[i] ?? NaN) / sum, 5));
    expect(data[index]?.labels).toEqual(Object.values(model.config.id2label));
  }
  const tokens = texts.reduce((total, text) => total + tokenizer.encode(text).length, 0);
  expect(usage).toEqual({ prompt_tokens: tokens, total_tokens: tokens });
});

test("the parts of a text, each with its label", async () => {
  const text = "Ouvrez le menu, then restart the computer and wait.";
  const tokenizer = await AutoTokenizer.fromPretrained(codeswitch);
  using model = await AutoModelForTokenClassification.fromPretrained(codeswitch, { backend: "cpu" });
  using output = model.forward(tokenizer(text));
  const logits = await output.logits.data();
  const labels = Object.values(model.config.id2label);
  const best = tokenizer.encode(text).map((_, t) => {
    const row = Array.from(logits.subarray(t * labels.length, (t + 1) * labels.length));
    return labels[row.indexOf(Math.max(...row))];
  });
  const { body } = await postJson(`${server.url}/v1/tag`, { model: "codeswitch", input: text });
  const [{ spans } = { spans: [] }] = (
    body as { data: { spans: { label: string; text: string; start: number; end: number; score: number }[] }[] }
  ).data;
  expect(new Set(spans.map(({ label }) => label))).toEqual(
    new Set(best.slice(1).map((label) => label?.replace(/^[BI]-/, ""))),
  );
  for (const span of spans) {
    expect(text.slice(span.start, span.end).trim()).toBe(span.text);
    expect(span.score).toBeGreaterThan(1 / labels.length);
    expect(span.score).toBeLessThanOrEqual(1);
  }
  expect(
    spans
      .map((span) => span.text)
      .join(" ")
      .replace(/\s+/g, " "),
  ).toBe(text);
});

test.each([
  [
    "/v1/classify",
    { model: "codeswitch", input: "a" },
    "model",
    /head is token-classification.*needs sequence-classification/,
  ],
  ["/v1/tag", { model: "langid", input: "a" }, "model", /head is sequence-classification.*needs token-classification/],
  ["/v1/classify", { model: "langid", input: [] }, "input", /empty list/],
  ["/v1/classify", { model: "langid", input: ["a", ""] }, "input.1", /.*/],
  ["/v1/classify", { model: "langid", input: [[1, 9999]] }, "input", /token 9999/],
  ["/v1/tag", { model: "codeswitch", input: "word ".repeat(3000) }, "input", /more than the model's context of \d+/],
])("%s refuses %j by name", async (path, body, param, message) => {
  const { status, body: told } = await postJson(`${server.url}${path}`, body);
  const { error } = told as { error?: { message: string; param: string } };
  if (path === "/v1/classify" && param === "input.1") {
    // An empty text still has the token that begins it.
    expect(status).toBe(200);
    return;
  }
  expect([status, error?.param]).toEqual([400, param]);
  expect(error?.message).toMatch(message);
});
