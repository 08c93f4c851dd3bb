import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import OpenAI, { toFile } from "openai";
import { afterEach, expect, it } from "vitest";
import { sendingItself } from "../../../../testing/own-signal/own-signal.ts";
import { ServerProcess } from "../../../../testing/serving/server-process.ts";

const LINES = 60;
const folder = mkdtempSync(join(tmpdir(), "helium-serve-batches-"));
let server: ServerProcess | null = null;
afterEach(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A server on that folder, and its client. */
async function start(nodeOptions: readonly string[] = []): Promise<OpenAI> {
  const args = ["--files-folder", folder, "--threads", "1", "--batch-sequences", "4"];
  server = await ServerProcess.start(args, nodeOptions);
  return new OpenAI({ baseURL: `${server.url}/v1`, apiKey: "none", maxRetries: 0 });
}

interface Kept {
  readonly batch: OpenAI.Batch;
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
  // Some ten answers.
  let client = await start(sendingItself({ signal: "SIGKILL", to: ".journal", bytes: 5000 }));
  const file = await client.files.create({ file: await toFile(Buffer.from(text), "in.jsonl"), purpose: "batch" });
  const { id } = await client.batches.create({
    ...{ input_file_id: file.id, endpoint: "/v1/completions", completion_window: "24h" },
  });
  expect(await server?.ended()).toBeNull();
  expect(readdirSync(folder)).toContain("lock");
  const read = (name: string): string => readFileSync(join(folder, "batches", `${id}.${name}`), "utf8");
  expect((JSON.parse(read("json")) as Kept).batch.status).toBe("in_progress");
  const kept = read("journal").split("\n").slice(1, -1);
  expect(kept.length).toBeGreaterThan(5);
  client = await start();
  let done = await client.batches.retrieve(id);
  await expect
    .poll(async () => typeof (done = await client.batches.retrieve(id)).completed_at, { interval: 20 })
    .toBe("number");
  expect(done.request_counts).toEqual({ total: LINES, completed: LINES, failed: 0 });
  const answers = (await (await client.files.content(done.output_file_id ?? "")).text()).trimEnd().split("\n");
  expect(answers.map((line) => (JSON.parse(line) as { custom_id: string }).custom_id)).toEqual(
    lines.map(({ custom_id }) => custom_id),
  );
  for (const [at, answer] of kept.map((line) => JSON.parse(line) as [number, unknown]))
    expect(JSON.parse(answers[at] ?? "")).toEqual(answer);
  // The journal goes when the end of the batch is kept.
  await expect.poll(() => readdirSync(join(folder, "batches"))).toEqual([`${id}.json`]);
});
