import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  AutoConfig,
  GenerationConfig,
  AutoModelForCausalLM,
  AutoTokenizer,
  folderSource,
  ggufSource,
  hubSource,
  loadConfig,
  ModelLoadError,
  modelSource,
  parseHubId,
  pullModel,
  readText,
  urlSource,
  type FileSource,
  type HubOptions,
  type ModelLocation,
} from "@helium-lm/helium";
import { exportGguf } from "@helium-lm/helium/gguf";
import { listCache, removeFromCache } from "@helium-lm/helium/hub/cache";
import {
  bytesSource,
  SafetensorsFile,
  writeGguf,
  type GgufMetadataToWrite,
  type GgufScalar,
  type GgufTensorToWrite,
} from "@helium-lm/nn";
import { openGguf } from "@helium-lm/nn/io/node";
import { createBackend, type Backend } from "@helium-lm/tensor";
import { ggufExtras } from "../src/convert/gguf-extras.ts";
import { compareGolden, fixturePath, readFixture, tolerances, type Golden } from "../../../testing/fixtures.ts";
import { useHub } from "./hub/use-hub.ts";

/** transformers' logits and token ids. */
const { unpadded } = readFixture<{ unpadded: { input_ids: number[]; logits: Golden } }>("expected/helium-causal.json");
const { cases } = readFixture<{ cases: { text: string; ids: number[] }[] }>("tokenizer/cases.json");
const sentencePiece = readFixture<{ plainTexts: string[]; t5: number[][] }>("gguf-tokenizer/cases.json");

const template = "{{ messages[0].content }}!";
const names = ["config.json", "generation_config.json", "model.safetensors", "tokenizer.json", "chat_template.jinja"];
const shards = ["tiny-00001-of-00002.gguf", "tiny-00002-of-00002.gguf"];
const folder = mkdtempSync(join(tmpdir(), "helium-sources-"));
const at = (name: string): string => join(folder, name);
const bytesOf = (name: string): Uint8Array<ArrayBuffer> => Uint8Array.from(readFileSync(at(name)));

const test = useHub();
let backend: Backend;
let server: Server;
let base = "";

/** The model of the folder as one file, with its tokenizer and template. */
async function writeAsGguf(): Promise<void> {
  const text = (value: string): GgufScalar => ({ type: "string", value });
  const source = await folderSource(folder);
  const reader = await source.openWeights();
  const { metadata, tensors } = await exportGguf(await loadConfig(source), reader, {
    metadata: new Map([
      ["tokenizer.huggingface.json", text((await readText(source, "tokenizer.json"))!)],
      ["tokenizer.chat_template", text(template)],
    ]),
  });
  const write = async (file: string, ...model: [GgufMetadataToWrite, GgufTensorToWrite[]]): Promise<void> => {
    const chunks: Uint8Array[] = [];
    await writeGguf(...model, async (chunk) => void chunks.push(chunk.slice()));
    writeFileSync(at(file), Buffer.concat(chunks));
  };
  await write("tiny.gguf", metadata, [...tensors]);
  for (const place of ["alone", "split", "several"]) mkdirSync(at(place));
  copyFileSync(at("tiny.gguf"), at("alone/tiny-Q4_K_M.gguf"));
  for (const file of ["a.gguf", "b.Q8_0.gguf", "mmproj-a.gguf"]) copyFileSync(at("tiny.gguf"), at(`several/${file}`));
  const half = Math.ceil(tensors.length / 2);
  for (const [no, file] of shards.entries()) {
    const split: [string, GgufScalar][] = [
      ["split.no", { type: "u16", value: no }],
      ["split.count", { type: "u16", value: shards.length }],
      ["split.tensors.count", { type: "i32", value: tensors.length }],
    ];
    const part = new Map([...(no === 0 ? metadata : []), ...split]);
    await write(`split/${file}`, part, tensors.slice(no * half, (no + 1) * half));
  }
  await reader.close();
}

beforeAll(async () => {
  for (const name of ["config.json", "model.safetensors"])
    copyFileSync(fixturePath(`models/helium/causal/${name}`), at(name));
  copyFileSync(fixturePath("tokenizer/tokenizer.json"), at("tokenizer.json"));
  copyFileSync(fixturePath("gguf-tokenizer/t5.gguf"), at("t5.gguf"));
  writeFileSync(at("generation_config.json"), '{"bos_token_id": 1, "eos_token_id": 2, "max_new_tokens": 7}');
  writeFileSync(at("chat_template.jinja"), template);
  writeFileSync(at("marked.txt"), "\ufeffmarked");
  await writeAsGguf();
  backend = await createBackend("cpu");
  server = createServer((request, response) => {
    const [, place = "", name = ""] = /^\/(ranges|whole)\/([^?]+)(?:\?key=1)?$/.exec(request.url ?? "") ?? [];
    if (![...names, "tiny.gguf", "t5.gguf", "marked.txt"].includes(name)) return void response.writeHead(404).end();
    if (place === "whole") return void response.end(bytesOf(name));
    const bytes = bytesOf(name);
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
    if (from === undefined) return void response.end(bytes);
    const end = Math.min(Number(to), bytes.length - 1);
    response.writeHead(206, { "content-range": `bytes ${from}-${end}/${bytes.length}` });
    response.end(bytes.subarray(Number(from), end + 1));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  expect(backend.memory().handles).toBe(0);
  backend.dispose();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(() => {
  test.hub.push("acme/tiny", Object.fromEntries([...names, "marked.txt"].map((name) => [name, bytesOf(name)])), "v1");
  test.hub.push("acme/gguf", { "tiny.gguf": bytesOf("tiny.gguf"), "t5.gguf": bytesOf("t5.gguf") });
  test.hub.push("acme/one-gguf", { "tiny.gguf": bytesOf("tiny.gguf") });
});

const asFiles = (): ModelLocation => Object.fromEntries(names.map((name) => [name, new Blob([bytesOf(name)])]));

const filesOf = (place: string, ...files: readonly string[]): ModelLocation =>
  Object.fromEntries(files.map((name) => [name, new Blob([bytesOf(`${place}/${name}`)])]));

const ownSource = (): ModelLocation => ({
  location: "archive.zip",
  readBytes: async (name) => (names.includes(name) ? bytesOf(name) : null),
  openWeights: () => SafetensorsFile.open(bytesSource(bytesOf("model.safetensors"), "model.safetensors")),
});

type Place = readonly [place: string, location: (options: HubOptions) => ModelLocation | Promise<ModelLocation>];

const checkpoints: readonly Place[] = [
  ["a folder", () => folder],
  ["a folder with a slash", () => `${folder}/`],
  ["a safetensors file in a folder", () => at("model.safetensors")],
  ["a URL object of a folder", () => pathToFileURL(folder)],
  ["the text of such a URL", () => pathToFileURL(folder).href],
  ["a URL", () => `${base}/ranges`],
  ["a URL object with a slash", () => new URL(`${base}/ranges/`)],
  ["a URL without byte ranges", () => `${base}/whole`],
  ["a URL of a safetensors file", () => `${base}/ranges/model.safetensors?key=1`],
  ["a repository at a tag", () => "acme/tiny@v1"],
  ["files that were chosen in a page", asFiles],
  ["a source of one's own", ownSource],
  ["folderSource", () => folderSource(folder)],
  ["urlSource", () => urlSource(`${base}/ranges`)],
  ["hubSource", (options) => hubSource(parseHubId("acme/tiny@v1")!, options)],
];

const ggufs = (name: string): readonly Place[] => [
  ["a .gguf file", () => at(name)],
  ["a URL object of a .gguf file", () => pathToFileURL(at(name))],
  ["a URL of a .gguf file", () => `${base}/ranges/${name}`],
  ["a URL object of one, with a query", () => new URL(`${base}/ranges/${name}#x`)],
  ["a URL of one, without byte ranges", () => `${base}/whole/${name}`],
  ["a repository's .gguf file", () => `acme/gguf:${name}`],
  ["a .gguf file that was chosen in a page", () => new File([bytesOf(name)], name)],
  ["ggufSource", () => ggufSource(bytesSource(bytesOf(name), name))],
];

interface Expected {
  readonly modelType: string;
  readonly defaults: object;
}

const ofFolder: Expected = { modelType: "helium", defaults: { bosTokenId: 1, eosTokenId: 2, maxNewTokens: 7 } };
/** A GGUF file has no generation config, only special tokens; Helium's weights are those of its architecture llama. */
const ofGguf: Expected = { modelType: "llama", defaults: { bosTokenId: 1, eosTokenId: 2, padTokenId: 3 } };

describe.each<readonly [...Place, Expected]>([
  ...checkpoints.map((place) => [...place, ofFolder] as const),
  ...ggufs("tiny.gguf").map((place) => [...place, ofGguf] as const),
  ["a repository of one .gguf file", () => "acme/one-gguf", ofGguf],
  ["a folder of one .gguf file", () => at("alone"), ofGguf],
  ["a folder of a split GGUF model", () => at("split"), ofGguf],
  ["folderSource of one .gguf file", () => folderSource(`${at("alone")}/`), ofGguf],
  ["one .gguf file among files that were chosen in a page", () => filesOf("alone", "tiny-Q4_K_M.gguf"), ofGguf],
  ["a split GGUF model that was chosen in a page", () => filesOf("split", ...shards), ofGguf],
])("from %s", (_, locate, { modelType, defaults }) => {
  const locateAll = async (): Promise<[ModelLocation, HubOptions]> => {
    const options = test.options();
    return [await locate(options), options];
  };

  it("the config and the generation config", async () => {
    const [location, options] = await locateAll();
    const config = await AutoConfig.fromPretrained(location, options);
    expect(config).toMatchObject({ modelType, vocabSize: 97, numHiddenLayers: 3 });
    expect(await GenerationConfig.fromPretrained(location, options)).toMatchObject(defaults);
  });

  it("the tokenizer with its template: the reference's ids", async () => {
    const [location, options] = await locateAll();
    const tokenizer = await AutoTokenizer.fromPretrained(location, options);
    expect(cases.map(({ text }) => tokenizer.encode(text))).toEqual(cases.map(({ ids }) => ids));
    expect(tokenizer.applyChatTemplate([{ role: "user", content: "Hi" }])).toBe("Hi!");
  });

  it("the model: transformers' logits", async () => {
    const [location, options] = await locateAll();
    using model = await AutoModelForCausalLM.fromPretrained(location, { ...options, backend });
    expect(model.loadReport).toEqual({ missing: [], unused: [] });
    using logits = model.forward({ inputIds: [unpadded.input_ids] }).logits;
    const [rows] = (await logits.toArray()) as unknown[];
    expect(compareGolden(rows, unpadded.logits, tolerances.states)).toMatchObject({ firstBad: null });
  });
});

it.each(ggufs("t5.gguf"))("a vocabulary that no tokenizer.json can say comes from %s", async (_, locate) => {
  const options = test.options();
  const tokenizer = await AutoTokenizer.fromPretrained(await locate(options), options);
  expect(sentencePiece.plainTexts.map((text) => tokenizer.encode(text))).toEqual(sentencePiece.t5);
});

it.each(ggufs("t5.gguf"))("a GGUF file keeps what one says of itself that comes from %s", async (_, locate) => {
  const options = test.options();
  const { metadata } = await ggufExtras(await modelSource(await locate(options), options), 1);
  const reader = await openGguf(at("t5.gguf"));
  const kept = reader.metadata.keys().filter((key) => /^(?:general\.name|tokenizer\.)/.test(key));
  expect(kept.length).toBeGreaterThan(5);
  expect([...metadata.keys()]).toEqual(expect.arrayContaining(kept));
  expect(metadata.get("tokenizer.ggml.tokens")).toMatchObject({ items: await reader.texts("tokenizer.ggml.tokens") });
  await reader.close();
});

describe("several GGUF models in one place", () => {
  const several = (): string => at("several");
  it.each<[string, () => ModelLocation, () => string]>([
    [
      "a folder",
      several,
      () => `${several()}: holds 2 GGUF models, a.gguf, b.Q8_0.gguf; give the path of one, such as ${several()}/a.gguf`,
    ],
    [
      "files that were chosen in a page",
      () => filesOf("several", "a.gguf", "b.Q8_0.gguf"),
      () => "files: holds 2 GGUF models, a.gguf, b.Q8_0.gguf; give one of them alone, such as a.gguf",
    ],
  ])("%s lists them, and says how to choose", async (_, locate, message) => {
    const location = locate();
    for (const load of [
      () => AutoConfig.fromPretrained(location),
      () => AutoTokenizer.fromPretrained(location),
      () => GenerationConfig.fromPretrained(location),
      () => AutoModelForCausalLM.fromPretrained(location, { backend }),
      async () => (await modelSource(location)).openWeights(),
    ]) {
      const attempt = load();
      await expect(attempt).rejects.toBeInstanceOf(ModelLoadError);
      await expect(attempt).rejects.toThrow(message());
    }
  });

  it("a path chooses one, and files beside them are read as they are", async () => {
    expect(await AutoConfig.fromPretrained(`${several()}/b.Q8_0.gguf`)).toMatchObject({ modelType: "llama" });
    copyFileSync(at("tokenizer.json"), at("several/tokenizer.json"));
    const tokenizer = await AutoTokenizer.fromPretrained(several());
    expect(cases.map(({ text }) => tokenizer.encode(text))).toEqual(cases.map(({ ids }) => ids));
    rmSync(at("several/tokenizer.json"));
  });
});

it("safetensors are taken before a GGUF file that is beside them", async () => {
  expect(await AutoConfig.fromPretrained(folder)).toMatchObject({ modelType: "helium" });
});

it("a place without a model says what to give: a URL cannot be listed", async () => {
  mkdirSync(at("empty"), { recursive: true });
  await expect(AutoConfig.fromPretrained(at("empty"))).rejects.toThrow(
    `${at("empty")}: has no config.json; give a folder with config.json and model.safetensors, or with a GGUF file`,
  );
  await expect(AutoConfig.fromPretrained(`${base}/elsewhere`)).rejects.toThrow(
    `${base}/elsewhere: has no config.json; the files under a URL cannot be listed, so give the URL of its .gguf file`,
  );
});

it("a generation config needs no config.json", async () => {
  const text = '{"eos_token_id": [5, 6], "max_new_tokens": 9}';
  mkdirSync(at("settings"));
  writeFileSync(at("settings/generation_config.json"), text);
  test.hub.push("acme/settings", { "generation_config.json": new TextEncoder().encode(text) });
  const options = test.options();
  for (const location of [at("settings"), "acme/settings", { "generation_config.json": new Blob([text]) }])
    expect(await GenerationConfig.fromPretrained(location, options)).toEqual({ eosTokenId: [5, 6], maxNewTokens: 9 });
});

it("a text has every character that its file has, wherever that lies", async () => {
  for (const location of [
    folder,
    `${base}/ranges`,
    "acme/tiny@v1",
    { "marked.txt": new Blob([bytesOf("marked.txt")]) },
  ])
    expect(await readText(await modelSource(location, test.options()), "marked.txt")).toBe("\ufeffmarked");
});

it("a signal ends what is read of any place", async () => {
  const signal = AbortSignal.abort(new RangeError("enough"));
  for (const location of [folder, `${base}/ranges`, "acme/tiny@v1"]) {
    const options = test.options({ signal });
    await expect(AutoTokenizer.fromPretrained(location, options)).rejects.toThrow("enough");
    await expect(AutoConfig.fromPretrained(location, options)).rejects.toThrow("enough");
  }
});

it.each<[string, unknown]>([
  ["null", null],
  ["a number", 5],
  ["an empty object", {}],
  ["a list", ["config.json"]],
  ["files that are none", { "config.json": "{}" }],
])("%s is no place", async (_, location) => {
  const attempts = [modelSource(location as ModelLocation), AutoTokenizer.fromPretrained(location as FileSource)];
  for (const attempt of attempts) {
    await expect(attempt).rejects.toBeInstanceOf(ModelLoadError);
    await expect(attempt).rejects.toThrow(/^source: is .*; expected a path, a URL, a repository of the hub/);
  }
});

it("files alone are enough for a tokenizer, and too little for a model", async () => {
  const files: FileSource = { readBytes: async (name) => (names.includes(name) ? bytesOf(name) : null) };
  expect((await AutoTokenizer.fromPretrained(files)).encode("a")).toEqual(
    (await AutoTokenizer.fromPretrained(folder)).encode("a"),
  );
  const attempt = AutoModelForCausalLM.fromPretrained(files as ModelLocation, { backend });
  await expect(attempt).rejects.toBeInstanceOf(ModelLoadError);
  await expect(attempt).rejects.toThrow("source: has files but no weights; add an openWeights() method");
});

it.each<[string, (options: object) => unknown]>([
  ["modelSource", (options) => modelSource(folder, options)],
  ["folderSource", (options) => folderSource(folder, options)],
  ["urlSource", (options) => urlSource(base, options)],
  ["hubSource", (options) => hubSource(parseHubId("acme/tiny")!, options)],
  ["ggufSource", (options) => ggufSource(at("tiny.gguf"), options)],
  ["pullModel", (options) => pullModel(parseHubId("acme/tiny")!, options)],
])("%s refuses options that it has not", async (call, make) => {
  const attempt = (async () => make({ sinal: new AbortController().signal }))();
  await expect(attempt).rejects.toBeInstanceOf(ModelLoadError);
  await expect(attempt).rejects.toThrow(`sinal: is not an option of ${call}; did you mean signal?`);
});

it.each<[string, (options: object) => unknown]>([
  ["listCache", (options) => listCache(options)],
  ["removeFromCache", (options) => removeFromCache(parseHubId("acme/tiny")!, options)],
])("%s refuses options that it has not", async (call, act) => {
  const attempt = (async () => act({ cachedir: folder }))();
  await expect(attempt).rejects.toBeInstanceOf(ModelLoadError);
  await expect(attempt).rejects.toThrow(`cachedir: is not an option of ${call}; did you mean cacheDir?`);
});

it("an option of retry is checked too", () => {
  expect(() => urlSource(base, { retry: { idleMS: 5 } as object })).toThrow(
    "idleMS: is not an option of retry of urlSource; did you mean idleMs?",
  );
});
