import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { modelEntry } from "@helium-lm/serve";
import { serve, type ServedModels, type ServeOptions } from "@helium-lm/serve/node";
import OpenAI, { toFile } from "openai";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { root } from "../../../../testing/repository.ts";
import { openServer } from "../open-server.ts";

let folder = "";
const servings: ServedModels[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "helium-batches-"));
});
afterEach(async () => {
  for (const serving of servings.splice(0)) await serving.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(options: Partial<ServeOptions> = {}): Promise<ServedModels> {
  const serving = await serve({
    ...{ port: 0, filesFolder: folder, drainTimeoutMs: 1 },
    models: [modelEntry("helium-nano", `${root}models/helium-nano`, { threads: 1, engine: { kvDType: "f32" } })],
    ...options,
  });
  servings.push(serving);
  return serving;
}

const clientOf = ({ url }: { readonly url: string }, apiKey = "none"): OpenAI =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 });

interface Outcome {
  readonly custom_id: string;
  readonly response: { readonly status_code: number; readonly body: OpenAI.Completion } | null;
  readonly error: { readonly code: string } | null;
}

const line = (custom_id: string, body: object = {}): object => ({
  ...{ custom_id, method: "POST", url: "/v1/completions" },
  body: { model: "helium-nano", prompt: "Once upon a time", max_tokens: 8, temperature: 0, ...body },
});

async function upload(client: OpenAI, lines: readonly (object | string)[]): Promise<string> {
  const text = lines.map((each) => `${typeof each === "string" ? each : JSON.stringify(each)}\n`).join("");
  return (await client.files.create({ file: await toFile(Buffer.from(text), "in.jsonl"), purpose: "batch" })).id;
}

const begin = (client: OpenAI, input_file_id: string, more: object = {}): Promise<OpenAI.Batch> =>
  client.batches.create({ input_file_id, endpoint: "/v1/completions", completion_window: "24h", ...more });

async function until(
  client: OpenAI,
  { id }: OpenAI.Batch,
  isEnough: (batch: OpenAI.Batch) => boolean = ({ completed_at, failed_at, cancelled_at, expired_at }) =>
    [completed_at, failed_at, cancelled_at, expired_at].some((at) => typeof at === "number"),
): Promise<OpenAI.Batch> {
  for (;;) {
    const batch = await client.batches.retrieve(id);
    if (isEnough(batch)) return batch;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function outcomesOf(client: OpenAI, id: string | null | undefined): Promise<Outcome[]> {
  const text = await (await client.files.content(id ?? "")).text();
  return text
    .trimEnd()
    .split("\n")
    .map((each) => JSON.parse(each) as Outcome);
}

/** The journal of a batch goes after its end is told. */
const onlyRecordOf = ({ id }: OpenAI.Batch): Promise<void> =>
  expect.poll(() => readdirSync(join(folder, "batches"))).toEqual([`${id}.json`]);

describe("batches by OpenAI's client", () => {
  test("a file is uploaded, answered and read: successes in one file, refusals in another, in the order of the input", async () => {
    const client = clientOf(await start());
    const prompts = ["A", "Once upon a time", "Um das System zu installieren,"];
    const alone = await Promise.all(
      prompts.map((prompt) =>
        client.completions.create({ model: "helium-nano", prompt, max_tokens: 8, temperature: 0 }),
      ),
    );
    const input = await upload(client, [
      ...prompts.map((prompt, i) => line(`${i}`, { prompt })),
      line("nobody", { model: "nobody" }),
      line("wrong", { temperature: -1 }),
    ]);
    const made = await begin(client, input, { metadata: { purpose: "a test" } });
    expect(made).toMatchObject({
      object: "batch",
      status: "validating",
      input_file_id: input,
      metadata: { purpose: "a test" },
    });
    expect(made.expires_at).toBe(made.created_at + 86_400);
    const done = await until(client, made);
    expect(done).toMatchObject({
      status: "completed",
      request_counts: { total: 5, completed: 3, failed: 2 },
      errors: null,
    });
    expect(done.finalizing_at).toBeGreaterThanOrEqual(done.in_progress_at ?? Infinity);
    const [output, errors] = [
      await outcomesOf(client, done.output_file_id),
      await outcomesOf(client, done.error_file_id),
    ];
    expect(output.map(({ custom_id, response }) => [custom_id, response?.body.choices[0]?.text])).toEqual(
      alone.map(({ choices }, i) => [`${i}`, choices[0]?.text]),
    );
    expect(errors.map(({ custom_id, response }) => [custom_id, response?.status_code])).toEqual([
      ["nobody", 404],
      ["wrong", 400],
    ]);
    const files = await client.files.list();
    expect(files.data.map(({ purpose }) => purpose)).toEqual(["batch_output", "batch_output", "batch"]);
    expect(await client.files.retrieve(input)).toMatchObject({
      filename: "in.jsonl",
      purpose: "batch",
      status: "processed",
    });
    expect(await client.files.delete(input)).toEqual({ id: input, object: "file", deleted: true });
    await expect(client.files.retrieve(input)).rejects.toMatchObject({ status: 404, code: "file_not_found" });
    await onlyRecordOf(made);
  });

  test("a file with bad lines fails as a whole, with their numbers", async () => {
    const client = clientOf(await start());
    const input = await upload(client, [line("a"), "{", line("a"), { ...line("b"), url: "/v1/embeddings" }]);
    const failed = await until(client, await begin(client, input));
    expect(failed).toMatchObject({ status: "failed", output_file_id: null, request_counts: { total: 0 } });
    expect(failed.errors?.data).toMatchObject([
      { line: 2, code: "invalid_json_line", param: null },
      { line: 3, code: "duplicate_custom_id", param: "custom_id" },
      { line: 4, code: "url_mismatch", param: "url" },
    ]);
    await expect(begin(client, "file-unknown")).rejects.toMatchObject({ status: 404, param: "input_file_id" });
    await expect(begin(client, input, { completion_window: "soon" })).rejects.toMatchObject({
      status: 400,
      param: "completion_window",
    });
    await expect(begin(client, input, { endpoint: "/v1/models" })).rejects.toMatchObject({
      status: 400,
      param: "endpoint",
    });
  });

  test("lists have pages, the newest first", async () => {
    const client = clientOf(await start());
    const input = await upload(client, [line("a")]);
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.unshift((await begin(client, input)).id);
    const first = await client.batches.list({ limit: 2 });
    expect([first.data.map(({ id }) => id), first.has_more]).toEqual([ids.slice(0, 2), true]);
    const all: string[] = [];
    for await (const { id } of client.batches.list({ limit: 2 })) all.push(id);
    expect(all).toEqual(ids);
    await expect(client.batches.list({ after: "batch_unknown" })).rejects.toMatchObject({
      status: 400,
      param: "after",
    });
  });

  test("a batch that is cancelled keeps what is answered, and says of the others that they were not run", async () => {
    const client = clientOf(await start({ batchSequences: 2 }));
    const input = await upload(
      client,
      Array.from({ length: 200 }, (_, i) => line(`${i}`, { max_tokens: 30, ignore_eos: true })),
    );
    const made = await begin(client, input);
    await until(client, made, ({ request_counts }) => (request_counts?.completed ?? 0) > 3);
    await expect(client.files.delete(input)).rejects.toMatchObject({ status: 400, code: "file_in_use" });
    const cancelling = await client.batches.cancel(made.id);
    expect(["cancelling", "cancelled"]).toContain(cancelling.status);
    const ended = await until(client, made);
    expect(ended.status).toBe("cancelled");
    const [output, errors] = [
      await outcomesOf(client, ended.output_file_id),
      await outcomesOf(client, ended.error_file_id),
    ];
    expect(output.length).toBeGreaterThan(3);
    expect(output.length).toBe(ended.request_counts?.completed);
    expect(errors.every(({ error }) => error?.code === "batch_cancelled")).toBe(true);
    const ids = [...output, ...errors].map(({ custom_id }) => Number(custom_id));
    expect(ids.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, i) => i));
    await expect(client.batches.cancel(made.id)).rejects.toMatchObject({ status: 400, code: "batch_ended" });
  });

  test("a batch whose time is over ends, and keeps what is answered", async () => {
    const client = clientOf(await start({ batchSequences: 1 }));
    const input = await upload(
      client,
      Array.from({ length: 300 }, (_, i) => line(`${i}`, { max_tokens: 100, ignore_eos: true })),
    );
    const ended = await until(client, await begin(client, input, { completion_window: "2s" }));
    expect(ended.status).toBe("expired");
    const errors = await outcomesOf(client, ended.error_file_id);
    expect(errors.length + (ended.request_counts?.completed ?? 0)).toBe(300);
    expect(errors.at(-1)?.error?.code).toBe("batch_expired");
  });

  test("a batch goes on after the server was ended in the middle of it, and no line is answered twice", async () => {
    const first = await start({ batchSequences: 4 });
    const input = await upload(
      clientOf(first),
      Array.from({ length: 120 }, (_, i) => line(`${i}`, { prompt: `Number ${i}`, max_tokens: 20, ignore_eos: true })),
    );
    const made = await begin(clientOf(first), input);
    await until(clientOf(first), made, ({ request_counts }) => (request_counts?.completed ?? 0) > 10);
    await expect(start()).rejects.toThrow("is held by another part of this process");
    await first.stop();
    const kept = readFileSync(join(folder, "batches", `${made.id}.journal`), "utf8").split("\n").length - 2;
    expect(kept).toBeGreaterThan(10);
    expect(kept).toBeLessThan(120);
    const client = clientOf(await start());
    const ended = await until(client, made);
    expect(ended).toMatchObject({ status: "completed", request_counts: { total: 120, completed: 120, failed: 0 } });
    const output = await outcomesOf(client, ended.output_file_id);
    expect(output.map(({ custom_id }) => custom_id)).toEqual(Array.from({ length: 120 }, (_, i) => `${i}`));
  });

  test("who asks and waits is answered before a batch, and not sent away because of it", async () => {
    const serving = await start({ maxSequences: 4, maxWaiting: 2 });
    const client = clientOf(serving);
    const input = await upload(
      client,
      Array.from({ length: 400 }, (_, i) => line(`${i}`, { max_tokens: 40, ignore_eos: true })),
    );
    const made = await begin(client, input);
    await until(client, made, ({ request_counts }) => (request_counts?.completed ?? 0) > 0);
    const { admission } = serving.server;
    for (let i = 0; i < 20; i++) {
      expect([admission.running <= 3 + 1, admission.waiting]).toEqual([true, 0]);
      await client.completions.create({ model: "helium-nano", prompt: "A", max_tokens: 4 });
    }
    // It still goes on: twenty answers came before its end.
    expect((await client.batches.retrieve(made.id)).status).toBe("in_progress");
    await client.batches.cancel(made.id);
    await until(client, made);
  });
});

test("files and batches are those of the key that made them", async () => {
  const serving = await start({ apiKeys: ["one", "two"] });
  const [one, two] = [clientOf(serving, "one"), clientOf(serving, "two")];
  const input = await upload(one, [line("a")]);
  const done = await until(one, await begin(one, input));
  expect(done.request_counts).toMatchObject({ completed: 1 });
  for (const ask of [
    () => two.files.retrieve(input),
    () => two.files.content(done.output_file_id ?? ""),
    () => two.files.delete(input),
    () => begin(two, input),
    () => two.batches.retrieve(done.id),
    () => two.batches.cancel(done.id),
  ])
    await expect(ask()).rejects.toMatchObject({ status: 404 });
  expect([(await two.files.list()).data, (await two.batches.list()).data]).toEqual([[], []]);
  await onlyRecordOf(done);
  // The key itself is nowhere.
  const kept = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const { parentPath, name } of kept)
    expect(readFileSync(join(parentPath, name), "utf8")).not.toMatch(/"one"|"two"/);
  // And it is the same after a restart.
  await serving.stop();
  const again = await start({ apiKeys: ["one", "two"] });
  expect((await clientOf(again, "one").files.list()).data).toHaveLength(2);
  expect((await clientOf(again, "two").files.list()).data).toEqual([]);
});

test("a server without a folder says so", async () => {
  await using server = await openServer();
  const client = clientOf(server);
  for (const ask of [
    () => upload(client, []),
    () => client.files.list(),
    () => client.batches.list(),
    () => client.batches.retrieve("x"),
    () => client.batches.cancel("x"),
  ])
    await expect(ask()).rejects.toMatchObject({ status: 501, code: "unsupported_operation" });
});
