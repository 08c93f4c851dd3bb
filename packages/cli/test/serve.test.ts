import { writeFileSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { run } from "../src/index.ts";
import { modelId } from "../src/options/served-models.ts";
import { capturedIo, type CapturedIo } from "./captured-io.ts";
import { greedy } from "./run-helium.ts";

interface Serving {
  readonly url: string;
  readonly io: CapturedIo;
  /** Tells it to end. @returns its exit code */
  readonly stop: () => Promise<number>;
}

/** Starts `helium serve` on a free port. */
async function serving(...args: string[]): Promise<Serving> {
  const controller = new AbortController();
  let tell = (_: string): void => undefined;
  const started = new Promise<string>((resolve) => (tell = resolve));
  const io = capturedIo({ signal: controller.signal, onWrite: (text) => tell(text) });
  const code = run(["serve", "--port", "0", "--threads", "1", ...args], io);
  const screen = await Promise.race([started, code.then((ended) => `ended with ${ended}: ${io.err()}`)]);
  const url = /https?:\/\/[\w.:[\]]+\d/.exec(screen)?.[0];
  if (url === undefined) throw new Error(screen);
  return {
    url,
    io,
    stop: () => {
      controller.abort();
      return code;
    },
  };
}

const { prompt, text } = greedy[1]!;

async function complete(url: string, model: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${url}/v1/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ model, prompt, max_tokens: 32, temperature: 0 }),
  });
}

describe("helium serve", () => {
  it("serves the model of its own, says so, logs without texts, and ends when told to", async () => {
    const { url, io, stop } = await serving("--alias", "gpt-4o-mini,default");
    expect(io.out()).toMatch(/^serving at http:\/\/127\.0\.0\.1:\d+\n\n {2}helium-nano\n\n {2}curl /);
    expect(io.out()).toContain(`-d '{"model":"helium-nano","messages":`);
    for (const model of ["helium-nano", "default", ""]) {
      const response = await complete(url, model);
      const { choices } = (await response.json()) as { readonly choices: readonly { readonly text: string }[] };
      expect(prompt + choices[0]!.text).toBe(text);
    }
    const lines = io
      .err()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.at(-1)).toMatchObject({
      ...{ msg: "request", method: "POST", path: "/v1/completions", status: 200, model: "helium-nano" },
      ...{ completionTokens: 32, requestId: expect.stringMatching(/^req-/) as string },
    });
    expect(io.err()).not.toContain(text.slice(prompt.length + 1, prompt.length + 12));
    expect(io.err()).not.toContain(prompt.slice(0, 12));
    expect(await stop()).toBe(0);
    await expect(fetch(`${url}/health`)).rejects.toThrow();
  });

  it("asks for one of its keys", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "helium-keys-")), "keys.txt");
    writeFileSync(file, "from-file\n\n");
    const { url, io, stop } = await serving(
      "--api-key",
      "a,b",
      "--api-key-file",
      file,
      "--json",
      "--log-level",
      "silent",
    );
    expect(JSON.parse(io.out())).toEqual({ url, models: ["helium-nano"] });
    expect((await complete(url, "")).status).toBe(401);
    for (const key of ["a", "b", "from-file"])
      expect((await complete(url, "", { authorization: `Bearer ${key}` })).status).toBe(200);
    expect(io.err()).toBe("");
    expect(await stop()).toBe(0);
  });

  it("serves several models, and warns where others reach it", async () => {
    const { url, io, stop } = await serving(
      "helium-nano",
      "helium-nano-langid",
      "--host",
      "0.0.0.0",
      "--log-level",
      "silent",
    );
    expect(io.err()).toMatch(/^anyone who reaches http:\/\/0\.0\.0\.0:\d+ can use this server; give --api-key-file/);
    const health = (await (await fetch(`${url.replace("0.0.0.0", "127.0.0.1")}/health`)).json()) as object;
    expect(health).toEqual({ status: "ok", models: { "helium-nano": "loaded", "helium-nano-langid": "unloaded" } });
    expect(await stop()).toBe(0);
  });

  it("takes options of the model: memory, passes, speculation, limits", async () => {
    const args = [
      "--kv-memory",
      "4MB",
      "--budget",
      "16",
      "--speculation",
      "lookup",
      "--max-sequences",
      "2",
      "--queue",
      "3",
    ];
    const more = [
      "--kv-dtype",
      "f16",
      "--timeout",
      "300",
      "--idle-unload",
      "60",
      "--cors",
      "*",
      "--log-level",
      "silent",
    ];
    const { url, stop } = await serving(...args, ...more);
    const response = await complete(url, "");
    const { choices } = (await response.json()) as { readonly choices: readonly { readonly text: string }[] };
    expect(prompt + choices[0]!.text).toBe(text);
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    const metrics = await (await fetch(`${url}/metrics`)).text();
    // 4 MB are 651 tokens of 6,144 bytes.
    expect(metrics).toContain('block_size="64",num_gpu_blocks="10"');
    expect(await stop()).toBe(0);
  });
});

describe("a wrong command line", () => {
  it.each<[readonly string[], RegExp]>([
    [["--kv-memory", "much"], /--kv-memory is "much"; expected a size such as 512MB or 2GiB/],
    [["--timeout", "0"], /--timeout is "0"; expected seconds, above 0/],
    [["--alias", "a=b"], /--alias a=b is of "b", which is not served; expected one of helium-nano/],
    [["--alias", "helium-nano"], /two models are called "helium-nano"/],
    [["helium-nano", "./x/helium-nano"], /two models are called "helium-nano"/],
    [["a", "--model", "b"], /takes models as arguments or with --model, not both/],
    [["--api-key-file", "no-such-file"], /--api-key-file no-such-file cannot be read \(ENOENT\)/],
    [["--api-key-file", "/dev/null"], /--api-key-file \/dev\/null has no key; write one in each line/],
    [["--gpujs-mode", "cpu"], /does not take --gpujs-mode/],
  ])("%j", async (argv, message) => {
    const io = capturedIo();
    expect(await run(["serve", "--port", "0", ...argv], io)).toBe(2);
    expect(io.err()).toMatch(message);
    expect(io.err()).toMatch(/^helium serve: [^\n]+\n$/);
  });

  it("a model that cannot be loaded ends it", async () => {
    const io = capturedIo();
    expect(await run(["serve", "--port", "0", "no/such/folder", "--log-level", "silent"], io)).toBe(1);
    expect(io.err()).toMatch(/^no\/such\/folder: [^\n]+\n$/);
  });
});

it.each([
  ["helium-nano", "helium-nano"],
  ["org/name", "org/name"],
  ["./org/name", "name"],
  ["/models/name/", "name"],
  ["../SmolLM2-135M-Instruct.Q8_0.gguf", "SmolLM2-135M-Instruct.Q8_0"],
  ["folder/x.gguf", "x"],
  ["C:\\models\\x.gguf", "x"],
  ["https://host.example/a/b/x.gguf", "x"],
])("the model at %s is called %s", (name, id) => expect(modelId(name)).toBe(id));
