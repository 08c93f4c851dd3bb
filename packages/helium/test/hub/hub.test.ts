import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  AutoConfig,
  AutoModelForCausalLM,
  AutoTokenizer,
  HubAccessError,
  HubIntegrityError,
  HubNotFoundError,
  HubOfflineError,
  HubUnavailableError,
  readText,
  type HubOptions,
  type LoadProgress,
} from "@helium-lm/helium";
import { createBackend } from "@helium-lm/tensor";
import { cutAfter, Received } from "../../../../testing/hub/cut-after.ts";
import { hashOf, sendRange, sha256 } from "../../../../testing/hub/fake-hub.ts";
import { fixturePath } from "../../../../testing/fixtures.ts";
import { fixtureFiles, noise, weights } from "../../../../testing/hub/files.ts";
import { repo } from "../../../../testing/hub/use-fake-hub.ts";
import { useHub } from "./use-hub.ts";

const test = useHub();
const name = "model.safetensors";

/** The text of a file of a repository. */
const textOf = async (file: string, more?: HubOptions, id = repo): Promise<string | null> =>
  readText(await test.files(id, more), file);

/** Reads the weights whole; gives the bytes of their tensors. */
async function readWeights(files: Awaited<ReturnType<typeof test.files>>): Promise<Uint8Array[]> {
  const reader = await files.openWeights();
  try {
    return await Promise.all(reader.names().map((tensor) => reader.readBytes(tensor)));
  } finally {
    await reader.close();
  }
}

const isContent = ({ server }: { readonly server: string }): boolean => server === "content";

/** Files that are not under their final name. */
const unfinished = (): string[] => test.tree().filter((path) => /incomplete|\.lock|\.tmp/.test(path));

describe("fromPretrained from the hub", () => {
  it("loads a sharded model, its config, tokenizer and generation config, and tells how far it is", async () => {
    test.hub.push(repo, {
      ...fixtureFiles("helium-sharded/causal"),
      "README.md": "# Tiny",
      "pytorch_model.bin": noise(10),
    });
    const told: LoadProgress[] = [];
    const backend = await createBackend("cpu");
    const options = test.options();
    const model = await AutoModelForCausalLM.fromPretrained(repo, {
      ...options,
      backend,
      onProgress: (p) => told.push(p),
    });
    const tokenizer = await AutoTokenizer.fromPretrained(repo, options);
    const config = await AutoConfig.fromPretrained(repo, options);
    const local = await AutoModelForCausalLM.fromPretrained(fixturePath("models/helium-sharded/causal"), { backend });
    const logits = async (m: typeof model): Promise<unknown> => {
      const { logits: tensor } = m.forward({ inputIds: [[3, 5, 8]] });
      return tensor.data().finally(() => tensor.dispose());
    };
    expect(await logits(model)).toEqual(await logits(local));
    expect(config.toJSON()).toEqual(local.config.toJSON());
    expect(model.generationConfig).toEqual(local.generationConfig);
    expect(tokenizer.encode("Ein Text").length).toBeGreaterThan(1);
    const downloads = told.filter((progress) => progress.phase === "download");
    expect(downloads.at(-1)?.loaded).toBe(downloads.at(-1)?.total);
    expect(told.at(-1)).toMatchObject({
      phase: "load",
      loaded: model.loadReport.unused.length + told.filter(({ phase }) => phase === "load").length,
    });
    // Nothing that is not needed.
    expect(test.tree().filter((path) => /README|pytorch/.test(path))).toEqual([]);
    for (const m of [model, local]) m.dispose();
    backend.dispose();
  });

  it("takes a GGUF file of a repository, by its name or its end, and the only one unnamed", async () => {
    const gguf = new Uint8Array(readFileSync(fixturePath("quant/llama-q4_0.gguf")));
    test.hub.push(repo, { "tiny.Q4_0.gguf": gguf, "tiny.Q8_0.gguf": noise(100), "README.md": "" });
    for (const id of [`${repo}:tiny.Q4_0.gguf`, `${repo}:q4_0`]) {
      const model = await AutoModelForCausalLM.fromPretrained(id, { ...test.options(), backend: "cpu" });
      expect(model.config.modelType).toBe("llama");
      model.dispose();
      model.backend.dispose();
    }
    await expect(test.files(`${repo}:q5_0`)).rejects.toThrow(
      /has no GGUF file "q5_0"; name one as acme\/tiny:<file>: tiny/,
    );
    await expect(test.files()).rejects.toThrow(/has several GGUF models; name one/);
    test.hub.push("acme/one", { "one.gguf": gguf });
    expect((await AutoConfig.fromPretrained("acme/one", test.options())).modelType).toBe("llama");
    expect(test.hub.fetches("tiny.Q8_0.gguf")).toEqual([]);
  });

  it("prefers a folder of that name, and says so where there is neither", async () => {
    await expect(AutoConfig.fromPretrained("no/such", test.options())).rejects.toThrow(HubNotFoundError);
    await expect(AutoConfig.fromPretrained("./no/such", test.options())).rejects.toThrow(/is not a folder/);
    await expect(AutoConfig.fromPretrained("no/such.gguf", test.options())).rejects.toThrow(/no\/such\.gguf/);
  });
});

describe("the cache", () => {
  it("has the layout of Python's, with relative links", async () => {
    const commit = test.hub.push(repo, { "config.json": "{}", [name]: weights(100) });
    const files = await test.files();
    await readText(files, "config.json");
    await readText(files, "chat_template.jinja");
    await (await files.openWeights()).close();
    const small = hashOf(test.hub.file(repo, commit, "config.json"));
    const large = hashOf(test.hub.file(repo, commit, name));
    expect([small.length, large.length]).toEqual([40, 64]);
    const inRepo = (path: string): string => `models--acme--tiny/${path}`;
    expect(test.tree()).toEqual(
      [
        `.no_exist/${commit}/chat_template.jinja`,
        `blobs/${small}`,
        `blobs/${large}`,
        "refs/main",
        `snapshots/${commit}/config.json`,
        `snapshots/${commit}/${name}`,
      ]
        .map(inRepo)
        .sort(),
    );
    expect(readlinkSync(join(test.folder, "snapshots", commit, name))).toBe(`../../blobs/${large}`);
    expect(readFileSync(join(test.folder, "refs/main"), "utf8")).toBe(commit);
  });

  it("is used without a question for a commit, and with one for a branch", async () => {
    const commit = test.hub.push(repo, { "config.json": "{}", [name]: weights(10) });
    const use = async (id: string): Promise<number> => {
      const before = test.hub.seen.length;
      const files = await test.files(id);
      await readText(files, "config.json");
      await readText(files, "generation_config.json");
      await readWeights(files);
      return test.hub.seen.length - before;
    };
    await use(repo);
    expect(await use(repo)).toBe(1);
    expect(await use(`${repo}@${commit}`)).toBe(0);
  });

  it("keeps revisions apart and shares what they have in common", async () => {
    const first = test.hub.push(repo, { "config.json": "1", [name]: weights(1000) });
    const read = async (id: string): Promise<string | null> => {
      const files = await test.files(id);
      await readWeights(files);
      return readText(files, "config.json");
    };
    expect(await read(repo)).toBe("1");
    test.hub.push(repo, { "config.json": "2", [name]: weights(1000), "x.txt": "" });
    expect([await read(repo), await read(`${repo}@${first}`)]).toEqual(["2", "1"]);
    expect(test.hub.fetches(name)).toHaveLength(1);
    test.hub.push(repo, { "config.json": "3", [name]: weights(1000) }, "refs/pr/1");
    expect(await read(`${repo}@refs/pr/1`)).toBe("3");
    expect(existsSync(join(test.folder, "refs/refs/pr/1"))).toBe(true);
  });

  it("copies where the system makes no links", async () => {
    const { NodeStore } = await import("../../src/hub/node/node-store.ts");
    const { nodeBuiltins } = await import("../../src/hub/node/node-builtins.ts");
    const node = await nodeBuiltins();
    const denied = Object.assign(new Error("EPERM: no links here"), { code: "EPERM" });
    const fs = { ...node.fs, symlink: () => Promise.reject(denied) };
    const store = new NodeStore({ ...node, fs }, test.cacheDir);
    const [bytes, commit] = [noise(50), "a".repeat(40)];
    const place = { repo, commit, path: "sub/config.json" };
    const file = await store.add(place, { hash: sha256(bytes), algorithm: "sha256", size: 50 }, async (partial) => {
      await partial.append(bytes);
      await partial.commit();
    });
    expect(lstatSync(file.path!).isFile()).toBe(true);
    expect(new Uint8Array(readFileSync(file.path!))).toEqual(bytes);
    expect(await store.list(repo, commit)).toEqual(["sub/config.json"]);
  });
});

describe("a download that is disturbed", () => {
  const bytes = weights(300_000);

  it("goes on where the connection was cut, with the tag of what it has", async () => {
    test.hub.push(repo, { [name]: bytes });
    const received = new Received(name);
    test.hub.faults = [cutAfter(90_000, 3, isContent, received)];
    await readWeights(await test.files(repo, { onDownload: received.tell }));
    const asked = test.hub.fetches(name).map(({ headers }) => headers.range ?? "all");
    expect(asked).toEqual(["all", "bytes=90000-", "bytes=180000-", "bytes=270000-"]);
    expect(test.hub.fetches(name)[1]?.headers["if-range"]).toBe(`"tag-${sha256(bytes).slice(0, 8)}"`);
    expect(unfinished()).toEqual([]);
  });

  it("is kept when it fails, and continued by the next", async () => {
    test.hub.push(repo, { [name]: bytes });
    const received = new Received(name);
    test.hub.faults = [
      cutAfter(90_000, 1, isContent, received),
      (seen, response) => isContent(seen) && !!response.destroy(),
    ];
    const files = await test.files(repo, { onDownload: received.tell });
    await expect(readWeights(files)).rejects.toThrow(HubUnavailableError);
    expect(unfinished().map((path) => path.replace(/.*[0-9a-f]{64}/, ""))).toEqual([
      ".helium.incomplete",
      ".helium.incomplete.etag",
    ]);
    test.hub.faults = [];
    await readWeights(await test.files());
    expect(test.hub.fetches(name).at(-1)?.headers.range).toBe("bytes=90000-");
    expect(unfinished()).toEqual([]);
  });

  it("starts again when the server's file is another one by now", async () => {
    test.hub.push(repo, { [name]: bytes });
    // The first part is of another file, under its own tag.
    const other = weights(300_000, 2);
    const received = new Received(name);
    test.hub.faults = [
      (seen, response) => {
        if (!isContent(seen) || test.hub.fetches(name).length > 1) return false;
        response.writeHead(200, { etag: '"old"', "content-length": other.length });
        response.write(other.subarray(0, 90_000));
        void received.until(other.length - 90_000).then(() => response.destroy());
        return true;
      },
    ];
    await readWeights(await test.files(repo, { onDownload: received.tell }));
    expect(test.hub.fetches(name)[1]?.headers["if-range"]).toBe('"old"');
    const [content] = test.tree().filter((path) => path.includes("blobs/"));
    expect(sha256(readFileSync(join(test.cacheDir, content!)))).toBe(sha256(bytes));
  });

  it("starts again when what is left of an earlier attempt is damaged", async () => {
    const commit = test.hub.push(repo, { [name]: bytes });
    const blobs = join(test.folder, "blobs");
    mkdirSync(blobs, { recursive: true });
    writeFileSync(join(blobs, `${hashOf(test.hub.file(repo, commit, name))}.helium.incomplete`), noise(50_000, 9));
    await readWeights(await test.files());
    expect(test.hub.fetches(name).map(({ headers }) => headers.range)).toEqual(["bytes=50000-", undefined]);
  });

  const tag = `"tag-${sha256(bytes).slice(0, 8)}"`;

  /** What an earlier attempt left: the first 90,000 bytes, and the tag that they came under. */
  function begun(): void {
    const commit = test.hub.push(repo, { [name]: bytes });
    const blobs = join(test.folder, "blobs");
    mkdirSync(blobs, { recursive: true });
    const partial = join(blobs, `${hashOf(test.hub.file(repo, commit, name))}.helium.incomplete`);
    writeFileSync(partial, bytes.subarray(0, 90_000));
    writeFileSync(`${partial}.etag`, tag);
  }

  it.each([
    ["under another tag", { etag: '"another"' }],
    ["from another place", { "content-range": `bytes 0-${bytes.length - 1}/${bytes.length}` }],
    ["of another length", { "content-range": `bytes 80000-${bytes.length}/${bytes.length + 1}` }],
    ["in another encoding", { "content-encoding": "br" }],
  ])("starts again when the rest comes %s", async (_, headers) => {
    begun();
    // The bytes are the right ones, so that only the header tells.
    test.hub.faults = [
      (seen, response) => {
        const from = Number(/^bytes=(\d+)-$/.exec(seen.headers.range ?? "")?.[1] ?? 0);
        if (!isContent(seen) || from === 0) return false;
        const usual = { etag: tag, "content-range": `bytes ${from}-${bytes.length - 1}/${bytes.length}` };
        response.writeHead(206, { ...usual, "content-length": bytes.length - from, ...headers });
        response.end(bytes.subarray(from));
        return true;
      },
    ];
    await readWeights(await test.files());
    const asked = test.hub.fetches(name).map(({ headers }) => headers.range ?? "all");
    expect(asked).toEqual(["bytes=90000-", "all"]);
    expect(unfinished()).toEqual([]);
  });

  it("gives up when nothing comes any more, however the answers begin", async () => {
    begun();
    let empty = 0;
    test.hub.faults = [
      (seen, response) => {
        const from = Number(/^bytes=(\d+)-$/.exec(seen.headers.range ?? "")?.[1] ?? 0);
        if (!isContent(seen) || from === 0) return false;
        empty += 1;
        const range = `bytes ${from}-${bytes.length - 1}/${bytes.length}`;
        response.writeHead(206, { etag: tag, "content-range": range, "content-length": bytes.length - from });
        response.flushHeaders();
        setTimeout(() => response.destroy(), 20);
        // Were such an answer progress, it would be asked for without end.
        return empty < 20;
      },
    ];
    await expect(readWeights(await test.files())).rejects.toThrow(HubUnavailableError);
    expect(empty).toBeLessThan(10);
  });

  it.each([429, 500, 502, 503, 504])("waits and asks again after %d", async (status) => {
    test.hub.push(repo, { "config.json": "{}", [name]: bytes });
    const asked = new Map<string, number>();
    test.hub.faults = [
      ({ server, path }, response) => {
        const times = (asked.get(server + path) ?? 0) + 1;
        asked.set(server + path, times);
        // Each address fails twice, then answers.
        if (times > 2) return false;
        response.writeHead(status, status === 429 ? { "retry-after": "0" } : {}).end("busy");
        return true;
      },
    ];
    const files = await test.files();
    expect(await readText(files, "config.json")).toBe("{}");
    await readWeights(files);
    expect([...asked.values()].every((times) => times > 2)).toBe(true);
  });

  it("does not wait longer than it is allowed to", async () => {
    test.hub.push(repo, { "config.json": "{}" });
    test.hub.faults = [(_, response) => !!response.writeHead(429, { "retry-after": "3600" }).end()];
    await expect(textOf("config.json")).rejects.toThrow(/keeps answering 429; wait, or/);
    expect(test.hub.seen).toHaveLength(1);
  });

  it("ends a silent connection", async () => {
    test.hub.push(repo, { [name]: bytes });
    test.hub.faults = [
      (seen, response) => isContent(seen) && test.hub.fetches(name).length === 1 && !!response.write(""),
    ];
    await readWeights(await test.files(repo, { retry: { backoffMs: 1, idleMs: 1000 } }));
    expect(test.hub.fetches(name)).toHaveLength(2);
  });

  it.each<[string, (content: Uint8Array) => Uint8Array, RegExp]>([
    [
      "a wrong hash",
      (content) => content.map((byte, i) => (i === 1000 ? byte ^ 1 : byte)),
      /has sha256 .*, but the hub lists/,
    ],
    [
      "another length",
      (content) => content.subarray(1),
      /the server sends 300\d+ bytes, but the hub lists 300\d+ bytes/,
    ],
  ])("is refused and removed for %s", async (_, change, message) => {
    test.hub.push(repo, { [name]: bytes });
    test.hub.faults = [
      (seen, response, content) => {
        if (!isContent(seen) || content === null) return false;
        sendRange(response, seen.headers, change(content), '"x"');
        return true;
      },
    ];
    const files = await test.files();
    await expect(files.openWeights()).rejects.toThrow(HubIntegrityError);
    await expect(files.openWeights()).rejects.toThrow(message);
    expect(test.tree()).toEqual([]);
  });

  it.each<[string, (content: Uint8Array) => Uint8Array, RegExp]>([
    ["ends too early", (content) => content.subarray(0, 1000), /ended after 1000 of \d+ bytes, repeatedly/],
    ["does not end", (content) => Uint8Array.from([...content, 1, 2, 3]), /is longer than the \d+ bytes/],
  ])("is refused where a body without a length %s", async (_, change, message) => {
    test.hub.push(repo, { [name]: bytes });
    test.hub.faults = [
      (seen, response, content) => {
        if (!isContent(seen) || content === null) return false;
        const from = Number(/^bytes=(\d+)-$/.exec(seen.headers.range ?? "")?.[1] ?? 0);
        if (from > 0) return !!response.writeHead(416, { "content-range": "bytes */1000" }).end();
        response.writeHead(200, { "transfer-encoding": "chunked" });
        response.end(change(content));
        return true;
      },
    ];
    await expect((await test.files()).openWeights()).rejects.toThrow(message);
    expect(test.tree().filter((path) => /snapshots|[0-9a-f]{64}$/.test(path))).toEqual([]);
  });

  it("stops at a signal, keeps what came, and takes it up again", async () => {
    test.hub.push(repo, { [name]: bytes });
    const stop = new AbortController();
    // Nobody says how much has come, so that the connection stays.
    test.hub.faults = [cutAfter(90_000, 1, isContent, new Received(name))];
    const files = await test.files(repo, {
      signal: stop.signal,
      onDownload: ({ loaded }) => loaded > 0 && stop.abort(),
    });
    await expect(files.openWeights()).rejects.toMatchObject({ name: "AbortError" });
    expect(unfinished().some((path) => path.endsWith(".incomplete"))).toBe(true);
    expect(unfinished().some((path) => path.endsWith(".lock"))).toBe(false);
    await readWeights(await test.files());
  });

  it("names a full disk, keeps what came, and goes on when there is space", async () => {
    test.hub.push(repo, { [name]: bytes });
    const { openStoreRepo } = await import("./full-disk.ts");
    const full = await openStoreRepo(test.options(), repo, 100_000);
    await expect(full.need(name)).rejects.toThrow(/the disk is full; free some space, or set HF_HUB_CACHE/);
    expect(test.tree().filter((path) => /snapshots|[0-9a-f]{64}$/.test(path))).toEqual([]);
    await readWeights(await test.files());
    expect(test.hub.fetches(name).at(-1)?.headers.range).toMatch(/^bytes=[1-9]/);
  });

  it("takes all files of one commit, whatever is pushed meanwhile", async () => {
    test.hub.push(repo, { "config.json": "old", [name]: bytes });
    const files = await test.files();
    expect(await readText(files, "config.json")).toBe("old");
    test.hub.push(repo, { "config.json": "new", [name]: weights(500, 3), "new.txt": "" });
    const [read] = await readWeights(files);
    expect(read?.length).toBe(300_000);
  });
});

describe("a repository that cannot be had", () => {
  it.each<[string, string, new (...args: never[]) => Error, RegExp]>([
    [
      "a missing one",
      "acme/none",
      HubNotFoundError,
      /acme\/none@main: is not on the hub \(401\); check its name; a private/,
    ],
    ["a missing revision", `${repo}@v9`, HubNotFoundError, /acme\/tiny@v9: has no such revision; name a branch/],
    [
      "a gated one",
      "acme/gated",
      HubAccessError,
      /without its owner's consent \(401\); ask for access on its page and give/,
    ],
  ])("%s", async (_, id, type, message) => {
    test.hub.push(repo, { "config.json": "{}" });
    test.hub.push("acme/gated", { "config.json": "{}" });
    test.hub.gate("acme/gated", "hf_right");
    const act = async (): Promise<unknown> => readText(await test.files(id), "config.json");
    await expect(act()).rejects.toThrow(type);
    await expect(act()).rejects.toThrow(message);
    expect(test.tree()).toEqual([]);
  });

  it("is had with the right token, which no other server sees", async () => {
    test.hub.push(repo, { "config.json": "{}", [name]: weights(100) });
    test.hub.gate(repo, "hf_right");
    await expect(textOf("config.json", { token: "hf_wrong" })).rejects.toThrow(
      /without its owner's consent \(403\); ask for access on its page$/,
    );
    const files = await test.files(repo, { token: "hf_right" });
    await readText(files, "config.json");
    await readWeights(files);
    const withToken = test.hub.seen.filter(({ headers }) => headers.authorization === "Bearer hf_right");
    expect(new Set(withToken.map(({ server }) => server))).toEqual(new Set(["hub"]));
    expect(test.hub.fetches(name).map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });

  it("is none with weights of another kind only", async () => {
    test.hub.push(repo, { "config.json": "{}", "pytorch_model.bin": noise(5) });
    await expect((await test.files()).openWeights()).rejects.toThrow(/has no weights in a supported format/);
  });

  it("has no files whose names leave its folder", async () => {
    test.hub.push(repo, { "config.json": "{}", "../../evil.json": "x", "a\\..\\b.json": "x" });
    const files = await test.files();
    expect(await readText(files, "../../evil.json")).toBeNull();
    expect(await readText(files, "a\\..\\b.json")).toBeNull();
    expect(test.tree().some((path) => path.includes("evil") && !path.includes(".no_exist"))).toBe(false);
  });

  it.each(["not json", "{}", '{"sha":"main","siblings":[]}', "[]", "null"])("answers with %j", async (body) => {
    test.hub.faults = [(_, response) => !!response.end(body)];
    await expect(textOf("config.json")).rejects.toThrow(/HF_ENDPOINT/);
  });
});

describe("without the network", () => {
  const bytes = weights(1000);

  it("serves what is cached, and says that it does", async () => {
    test.hub.push(repo, { "config.json": "{}", [name]: bytes });
    const first = await test.files();
    await readText(first, "config.json");
    await readWeights(first);
    test.hub.faults = [(_, response) => !!response.destroy()];
    const notices: string[] = [];
    const files = await test.files(repo, { onNotice: (notice) => notices.push(notice) });
    expect(await readText(files, "config.json")).toBe("{}");
    expect(await readText(files, "generation_config.json")).toBeNull();
    await readWeights(files);
    expect(notices).toHaveLength(1);
    expect(notices[0]).toMatch(/cannot be fetched .* from the cache$/);
  });

  it.each(["localFilesOnly", "HF_HUB_OFFLINE"])("asks nothing with %s", async (how) => {
    test.hub.push(repo, { "config.json": "{}", [name]: bytes });
    const offline = how === "localFilesOnly" ? { localFilesOnly: true } : { env: { HF_HUB_OFFLINE: "1" } };
    await expect(textOf("config.json", offline)).rejects.toThrow(
      /acme\/tiny: is not in the cache .*; fetch it once with the network: helium pull acme\/tiny/,
    );
    await readText(await test.files(), "config.json");
    const before = test.hub.seen.length;
    const files = await test.files(repo, offline);
    expect(await readText(files, "config.json")).toBe("{}");
    expect(await readText(files, "tokenizer_config.json")).toBeNull();
    await expect(readText(files, "tokenizer.json")).rejects.toThrow(HubOfflineError);
    await expect(files.openWeights()).rejects.toThrow(/has no weights in a supported format/);
    expect(test.hub.seen.length).toBe(before);
  });

  it("names the shard that a partial cache lacks", async () => {
    const commit = test.hub.push(repo, fixtureFiles("helium-sharded/causal"));
    await readWeights(await test.files());
    rmSync(join(test.folder, "snapshots", commit, "model-00002-of-00003.safetensors"));
    await expect((await test.files(repo, { localFilesOnly: true })).openWeights()).rejects.toThrow(
      /tiny\/model-00002-of-00003\.safetensors.* is not in the cache/,
    );
  });

  it("says that the hub is out of reach where nothing is cached", async () => {
    test.hub.faults = [(_, response) => !!response.destroy()];
    await expect(textOf("config.json")).rejects.toThrow(HubUnavailableError);
  });

  it.skipIf(process.getuid?.() === 0)("reads a cache that may not be written", async () => {
    test.hub.push(repo, { "config.json": "{}" });
    await readText(await test.files(), "config.json");
    chmodSync(join(test.folder, "refs"), 0o555);
    expect(await readText(await test.files(), "config.json")).toBe("{}");
  });
});
