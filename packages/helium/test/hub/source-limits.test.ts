import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  AutoConfig,
  AutoModelForCausalLM,
  AutoTokenizer,
  HubIntegrityError,
  ModelLoadError,
  TokenizerFileError,
} from "@helium-lm/helium";
import { CheckpointError } from "@helium-lm/nn";
import { HeliumLmError } from "@helium-lm/tensor";
import { fixturePath } from "../../../../testing/fixtures.ts";
import { sendRange } from "../../../../testing/hub/fake-hub.ts";
import { repo } from "../../../../testing/hub/use-fake-hub.ts";
import { useHub } from "./use-hub.ts";

const source = fixturePath("models/helium/causal");

describe.skipIf(process.platform === "win32")("a folder", () => {
  let folder = "";
  let outside = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "helium-folder-"));
    outside = mkdtempSync(join(tmpdir(), "helium-outside-"));
    writeFileSync(join(outside, "secret"), "root:x:0:0");
    copyFileSync(join(source, "model.safetensors"), join(folder, "model.safetensors"));
  });
  afterEach(() => [folder, outside].forEach((path) => rmSync(path, { recursive: true, force: true })));

  it("is not left by links of its small files, whose text no error shows", async () => {
    for (const name of ["config.json", "tokenizer.json"]) symlinkSync(join(outside, "secret"), join(folder, name));
    const config = AutoConfig.fromPretrained(folder);
    await expect(config).rejects.toBeInstanceOf(ModelLoadError);
    await expect(config).rejects.toThrow(/config\.json: cannot be read: it is a link that leads out of its folder/);
    const tokenizer = AutoTokenizer.fromPretrained(folder);
    await expect(tokenizer).rejects.toBeInstanceOf(TokenizerFileError);
    await expect(tokenizer).rejects.toThrow(/tokenizer\.json.*is a link that leads out of its folder/);
    for (const attempt of [config, tokenizer])
      await expect(attempt).rejects.toSatisfy((error: Error) => !error.message.includes("root"));
  });

  it("may have links that stay", async () => {
    copyFileSync(join(source, "config.json"), join(folder, "config.v2.json"));
    symlinkSync("config.v2.json", join(folder, "config.json"));
    expect((await AutoConfig.fromPretrained(folder)).modelType).toBe("helium");
  });

  it("is not waited for where a file is a pipe or a folder", async () => {
    execFileSync("mkfifo", [join(folder, "config.json"), join(folder, "tokenizer.json")]);
    await expect(AutoConfig.fromPretrained(folder)).rejects.toThrow(/config\.json: .*is not a regular file/);
    await expect(AutoTokenizer.fromPretrained(folder)).rejects.toThrow(/tokenizer\.json.*is not a regular file/);
    const signal = AbortSignal.abort(new RangeError("enough"));
    await expect(AutoModelForCausalLM.fromPretrained(folder, { signal })).rejects.toThrow("enough");
  });

  it("is not waited for where the weights are a pipe, signal or not", async () => {
    copyFileSync(join(source, "config.json"), join(folder, "config.json"));
    rmSync(join(folder, "model.safetensors"));
    execFileSync("mkfifo", [join(folder, "model.safetensors"), join(folder, "x.gguf")]);
    const { signal } = new AbortController();
    for (const location of [folder, join(folder, "x.gguf")])
      for (const options of [{}, { signal }])
        await expect(AutoModelForCausalLM.fromPretrained(location, options)).rejects.toThrow(
          /(?:model\.safetensors|x\.gguf): is not a regular file; name a file/,
        );
  });

  it("is refused where a small file is gigantic", async () => {
    writeFileSync(join(folder, "config.json"), "{");
    truncateSync(join(folder, "config.json"), 2 ** 32);
    await expect(AutoConfig.fromPretrained(folder)).rejects.toThrow(
      /config\.json: .*has at least 4294967296 bytes, but a file of this kind/,
    );
  });
});

describe("a URL", () => {
  let server: Server;
  let base = "";
  let handler: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Bytes that were taken from the server. */
  let sent = 0;
  beforeEach(async () => {
    handler = () => false;
    sent = 0;
    server = createServer((request, response) => {
      if (handler(request, response)) return;
      const name = (request.url ?? "").slice(1);
      if (!["config.json", "model.safetensors", "x.gguf"].includes(name)) return void response.writeHead(404).end();
      const path = name === "x.gguf" ? fixturePath("quant/llama-q4_0.gguf") : join(source, name);
      const [, last] = /bytes=\d+-(\d+)/.exec(request.headers.range ?? "") ?? [];
      const bytes = readFileSync(path);
      if (last === undefined) return void sendRange(response, request.headers, bytes, '"x"');
      const [, from = 0] = /bytes=(\d+)/.exec(request.headers.range!) ?? [];
      const end = Math.min(Number(last), bytes.length - 1);
      response.writeHead(206, { "content-range": `bytes ${from}-${end}/${bytes.length}` });
      response.end(bytes.subarray(Number(from), end + 1));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  /** A body that goes on for ever. */
  const endless = (response: ServerResponse): true => {
    const chunk = Buffer.alloc(2 ** 20, " ");
    const more = (): void => {
      while (!response.destroyed && sent < 2 ** 30) {
        sent += chunk.length;
        if (!response.write(chunk)) return void response.once("drain", more);
      }
      response.end();
    };
    more();
    return true;
  };
  const load = (more: object = {}): Promise<unknown> =>
    AutoModelForCausalLM.fromPretrained(base, { backend: "cpu", ...more });

  it("is loaded, and its tokenizer asked for there", async () => {
    const model = await AutoModelForCausalLM.fromPretrained(base, { backend: "cpu" });
    expect(model.loadReport.unused).toEqual([]);
    model.dispose();
    await expect(AutoTokenizer.fromPretrained(base)).rejects.toThrow(/tokenizer\.json.*does not exist/);
  });

  it("is loaded from a server that has no ranges, and a page for what it does not have", async () => {
    handler = ({ url }, response) => {
      const file = join(source, url ?? "");
      const isFile = existsSync(file) && statSync(file).isFile();
      response.writeHead(200, isFile ? {} : { "content-type": "text/html" });
      response.end(isFile ? readFileSync(file) : "<!doctype html><title>development</title>");
      return true;
    };
    for (const location of [base, `${base}//`]) {
      const model = await AutoModelForCausalLM.fromPretrained(location, { backend: "cpu" });
      expect(model.loadReport.unused).toEqual([]);
      model.dispose();
      const tokenizer = AutoTokenizer.fromPretrained(location);
      await expect(tokenizer).rejects.toThrow(`${base}/tokenizer.json: the file does not exist`);
    }
  });

  it.each(["config.json", "model.safetensors", "x.gguf"])("that is silent at %s ends at the signal", async (name) => {
    const stop = new AbortController();
    const location = name === "x.gguf" ? `${base}/${name}` : base;
    handler = ({ url }, response) => {
      if (url !== `/${name}`) return false;
      if (name === "config.json") response.write("{");
      stop.abort(new RangeError("enough"));
      return true;
    };
    await expect(
      AutoModelForCausalLM.fromPretrained(location, { signal: stop.signal, backend: "cpu" }),
    ).rejects.toThrow(new RangeError("enough"));
  });

  it.each(["config.json", "model.safetensors", "x.gguf"])("that is silent at %s is given up", async (name) => {
    const location = name === "x.gguf" ? `${base}/${name}` : base;
    handler = ({ url }, response) => url === `/${name}` && (name !== "config.json" || !!response.write("{"));
    const attempt = AutoModelForCausalLM.fromPretrained(location, { retry: { idleMs: 200 }, backend: "cpu" });
    await expect(attempt).rejects.toBeInstanceOf(HeliumLmError);
    await expect(attempt).rejects.toThrow(/\(no data for 0\.2 s\); check the address and the network/);
  });

  it("is refused where a small file does not end", async () => {
    handler = ({ url }, response) => url === "/config.json" && endless(response);
    await expect(load()).rejects.toThrow(
      /config\.json: is longer than 100000000 bytes, more than such a file ever has/,
    );
    expect(sent).toBeLessThan(2 ** 29);
  });

  it("uses the fetch that it is given", async () => {
    const asked: string[] = [];
    const counted: typeof fetch = (input, init) => {
      asked.push(String(new URL(input as URL | string)).replace(base, ""));
      return fetch(input, init);
    };
    await load({ fetch: counted }).then((model) => (model as Disposable)[Symbol.dispose]());
    expect(asked).toContain("/config.json");
    expect(asked).toContain("/model.safetensors");
  });
});

describe("a repository of the hub", () => {
  const test = useHub();
  it("is refused where a small file is gigantic, before it is fetched", async () => {
    const commit = "a".repeat(40);
    test.hub.faults = [
      ({ path }, response) => {
        if (!path.startsWith("/api/")) return expect.unreachable(`asks for ${path}`);
        const siblings = [{ rfilename: "config.json", size: 2 ** 33, blobId: "b".repeat(40) }];
        return !!response.end(JSON.stringify({ sha: commit, siblings }));
      },
    ];
    const attempt = AutoConfig.fromPretrained(`${repo}@${commit}`, test.options());
    await expect(attempt).rejects.toBeInstanceOf(HubIntegrityError);
    await expect(attempt).rejects.toThrow(/config\.json: has 8589934592 bytes, but such a file has at most 100000000/);
    await expect(attempt).rejects.not.toBeInstanceOf(CheckpointError);
  });
});
