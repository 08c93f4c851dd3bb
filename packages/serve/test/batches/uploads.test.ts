import { createReadStream, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHash } from "node:crypto";
import { ModelServer } from "@helium-lm/serve";
import { BatchFolder, listen, type BatchFolderOptions, type Listening } from "@helium-lm/serve/node";
import OpenAI from "openai";
import { afterAll, beforeAll, expect, test } from "vitest";

const LIMIT = 2 ** 20;
const folder = mkdtempSync(join(tmpdir(), "helium-uploads-"));

interface Files extends AsyncDisposable, Pick<Listening, "url"> {}

async function serveFiles(path: string, options: BatchFolderOptions = {}): Promise<Files> {
  const service = await BatchFolder.open(path, { fileLimit: LIMIT, ...options });
  const server = new ModelServer({ models: [], batches: service, bodyLimit: 4096 });
  const { url, close } = await listen(server, { port: 0 });
  return {
    url,
    [Symbol.asyncDispose]: async () => {
      await close();
      server.dispose();
      await service.dispose();
    },
  };
}

let listening: Files;
beforeAll(async () => {
  listening = await serveFiles(folder);
});
afterAll(async () => {
  await listening[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const form = (fields: Readonly<Record<string, string | Blob>>, filename = "in.jsonl"): FormData => {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields))
    if (typeof value === "string") data.append(name, value);
    else data.append(name, value, filename);
  return data;
};
const post = (body: BodyInit, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${listening.url}/v1/files`, { method: "POST", body, headers });
const errorOf = async (response: Response): Promise<Record<string, unknown>> => ({
  status: response.status,
  ...((await response.json()) as { readonly error: object }).error,
});
const kept = (path = folder): string[] => readdirSync(join(path, "files"));
const text = new Blob(["{}\n"]);

test("a file larger than a body may be comes back byte for byte, from a stream too", async () => {
  const bytes = Buffer.alloc(LIMIT);
  for (let at = 0; at < LIMIT; at++) bytes[at] = (at * 7919) % 251;
  const path = join(folder, "large.bin");
  writeFileSync(path, bytes);
  const client = new OpenAI({ baseURL: `${listening.url}/v1`, apiKey: "none", maxRetries: 0 });
  const file = await client.files.create({ file: createReadStream(path), purpose: "batch" });
  expect(file).toMatchObject({ object: "file", bytes: LIMIT, filename: "large.bin" });
  const response = await client.files.content(file.id);
  expect(response.headers.get("content-length")).toBe(String(LIMIT));
  const digest = (data: Uint8Array): string => createHash("sha256").update(data).digest("hex");
  expect(digest(new Uint8Array(await response.arrayBuffer()))).toBe(digest(bytes));
  await client.files.delete(file.id);
  expect(kept()).toEqual([]);
});

test.each<[string, () => BodyInit, Record<string, unknown>]>([
  [
    "one that is too large",
    () => form({ purpose: "batch", file: new Blob(["x".repeat(LIMIT + 1)]) }),
    { status: 413, code: "file_too_large", param: "file" },
  ],
  ["one of another purpose", () => form({ file: text, purpose: "fine-tune" }), { status: 400, param: "purpose" }],
  ["one without a purpose", () => form({ file: text }), { status: 400, param: "purpose" }],
  ["a form without a file", () => form({ purpose: "batch" }), { status: 400, param: "file" }],
  ["a file of another name", () => form({ purpose: "batch", other: text }), { status: 400, param: "file" }],
  [
    "one that is to go by itself",
    () => form({ purpose: "batch", "expires_after[seconds]": "3600", file: text }),
    { status: 400, param: "expires_after[seconds]" },
  ],
])("%s is refused, and nothing of it stays", async (_, body, expected) => {
  expect(await errorOf(await post(body()))).toMatchObject(expected);
  expect(kept()).toEqual([]);
});

test.each([
  ["application/json", "{}", 415],
  ["multipart/form-data", "x", 415],
  ["multipart/form-data; boundary=", "x", 400],
  ["multipart/form-data; boundary=a", "nothing of a form", 400],
  [
    "multipart/form-data; boundary=a",
    '--a\r\ncontent-disposition: form-data; name="file"; filename="x"\r\n\r\nhalf',
    400,
  ],
])("%s with a body that is no form is refused", async (type, body, status) => {
  expect(await errorOf(await post(body, { "content-type": type }))).toMatchObject({ status });
  expect(kept()).toEqual([]);
});

test.each(["../../etc/passwd", "/etc/passwd", "a\u0000b", "..", "C:\\x", "é".repeat(400)])(
  "the name %j is a name and no path",
  async (name) => {
    const response = await post(form({ purpose: "batch", file: text }, name));
    const { id, filename } = (await response.json()) as { readonly id: string; readonly filename: string };
    expect(id).toMatch(/^file-[0-9a-f]{24}$/);
    expect(filename).not.toMatch(/[/\\]/);
    expect(filename.length).toBeLessThanOrEqual(255);
    expect(kept().sort()).toEqual([`${id}.data`, `${id}.json`]);
    await fetch(`${listening.url}/v1/files/${id}`, { method: "DELETE" });
  },
);

test.each(["..%2f..%2fsecret", "%2e%2e", "file-x", "lock"])("no file is found by the id %s", async (id) => {
  for (const path of [`/v1/files/${id}`, `/v1/files/${id}/content`])
    expect((await fetch(`${listening.url}${path}`)).status).toBe(404);
});

/** Half of an upload, which its client goes on with when it likes. */
function beginUpload(url: string): ReturnType<typeof request> {
  const asked = request(`${url}/v1/files`, {
    method: "POST",
    headers: { "content-type": "multipart/form-data; boundary=a", "content-length": "1000" },
  });
  asked.write('--a\r\ncontent-disposition: form-data; name="file"; filename="x"\r\n\r\nhalf of it');
  return asked;
}

test("an upload whose client leaves leaves nothing", async () => {
  const left = beginUpload(listening.url);
  left.on("error", () => undefined);
  await expect.poll(() => kept()).toHaveLength(1);
  left.destroy();
  await expect.poll(() => kept()).toEqual([]);
});

test("an upload that stops is ended, and leaves nothing", async () => {
  const path = join(folder, "impatient");
  await using impatient = await serveFiles(path, { uploadMs: 300 });
  const slow = beginUpload(impatient.url);
  const status = await new Promise((resolve, reject) =>
    slow.on("response", (response) => resolve(response.statusCode)).on("error", reject),
  );
  expect(status).toBe(408);
  expect(kept(path)).toEqual([]);
  slow.destroy();
});
