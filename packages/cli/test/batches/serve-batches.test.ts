import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import OpenAI, { toFile } from "openai";
import { afterEach, expect, it } from "vitest";
import { ServerProcess } from "../../../../testing/serving/server-process.ts";

const LINES = 60;
const folder = mkdtempSync(join(tmpdir(), "helium-serve-batches-"));
let server: ServerProcess | null = null;
afterEach(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<OpenAI> {
  server = await ServerProcess.start(["--files-folder", folder, "--threads", "1", "--batch-sequences", "4"]);
  return new OpenAI({ baseURL: `${server.url}/v1`, apiKey: "none", maxRetries: 0 });
}

async function until(client: OpenAI, id: string, isEnough: (batch: OpenAI.Batch) => boolean): Promise<OpenAI.Batch> {
  for (;;) {
    const batch = await client.batches.retrieve(id);
    if (isEnough(batch)) return batch;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

it("a batch of a server that was killed goes on with the next one, each line answered once", async () => {
  const body = { prompt: "Once upon a time", max_tokens: 40, temperature: 0, ignore_eos: true };
  const lines = Array.from({ length: LINES }, (_, i) => ({
    custom_id: `${i}`,
    method: "POST",
    url: "/v1/completions",
    body,
  }));
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  let client = await start();
  const file = await client.files.create({ file: await toFile(Buffer.from(text), "in.jsonl"), purpose: "batch" });
  const { id } = await client.batches.create({
    ...{ input_file_id: file.id, endpoint: "/v1/completions", completion_window: "24h" },
  });
  await until(client, id, ({ request_counts }) => (request_counts?.completed ?? 0) > 5);
  await server?.kill();
  expect(readdirSync(folder)).toContain("lock");
  client = await start();
  const found = await client.batches.retrieve(id);
  expect(found.status).toBe("in_progress");
  const done = await until(client, id, ({ completed_at }) => typeof completed_at === "number");
  expect(done.request_counts).toEqual({ total: LINES, completed: LINES, failed: 0 });
  const answers = (await (await client.files.content(done.output_file_id ?? "")).text()).trimEnd().split("\n");
  expect(answers.map((line) => (JSON.parse(line) as { custom_id: string }).custom_id)).toEqual(
    lines.map(({ custom_id }) => custom_id),
  );
  // The journal goes when the end of the batch is kept.
  await expect.poll(() => readdirSync(join(folder, "batches"))).toEqual([`${id}.json`]);
});
