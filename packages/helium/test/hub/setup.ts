import { mkdtempSync, readdirSync, rmSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import { parseHubId, type HubOptions } from "@helium-lm/helium/hub";
import { hubSource, type ModelSource } from "@helium-lm/helium/sources";
import { Rng } from "@helium-lm/tensor";
import { fixturePath } from "../helpers/fixtures.ts";
import { FakeHub } from "./fake-hub.ts";

export const repo = "acme/tiny";

/** A hub and an empty cache for each test. */
export interface HubTest {
  readonly hub: FakeHub;
  readonly cacheDir: string;
  /** The folder of `repo` in the cache. */
  readonly folder: string;
  readonly options: (more?: HubOptions) => HubOptions;
  readonly files: (id?: string, more?: HubOptions) => Promise<ModelSource>;
  /** Paths of all that is in the repository's folder of the cache, those that stay locks too. */
  readonly tree: () => string[];
}

export function useHub(): HubTest {
  let hub: FakeHub;
  let cacheDir: string;
  beforeEach(async () => {
    hub = await FakeHub.start();
    cacheDir = mkdtempSync(join(tmpdir(), "helium-hub-"));
  });
  afterEach(async () => {
    await hub.close();
    rmSync(cacheDir, { recursive: true, force: true });
  });
  const options = (more: HubOptions = {}): HubOptions => ({
    endpoint: hub.endpoint,
    cacheDir,
    env: {},
    retry: { backoffMs: 1 },
    token: false,
    ...more,
  });
  return {
    get hub() {
      return hub;
    },
    get cacheDir() {
      return cacheDir;
    },
    get folder() {
      return join(cacheDir, "models--acme--tiny");
    },
    options,
    files: (id = repo, more = {}) => hubSource(parseHubId(id)!, options(more)),
    tree: () =>
      readdirSync(cacheDir, { recursive: true, withFileTypes: true })
        .filter((entry) => !entry.isDirectory())
        .map((entry) => join(entry.parentPath, entry.name).slice(cacheDir.length + 1))
        .sort(),
  };
}

/** Files of a fixture model, with the tokenizer of all fixtures. */
export function fixtureFiles(name: string): Record<string, Uint8Array> {
  const folder = fixturePath(`models/${name}/`);
  const files = Object.fromEntries(
    readdirSync(folder).map((file) => [file, new Uint8Array(readFileSync(folder + file))]),
  );
  return { ...files, "tokenizer.json": new Uint8Array(readFileSync(fixturePath("tokenizer/tokenizer.json"))) };
}

export function noise(length: number, seed = 1): Uint8Array {
  const rng = new Rng(seed);
  return Uint8Array.from({ length }, () => rng.bits() & 255);
}

/** A safetensors file with one tensor of that many bytes. */
export function weights(length: number, seed = 1): Uint8Array {
  const header = JSON.stringify({ x: { dtype: "U8", shape: [length], data_offsets: [0, length] } });
  const bytes = new Uint8Array(8 + header.length + length);
  new DataView(bytes.buffer).setUint32(0, header.length, true);
  bytes.set(new TextEncoder().encode(header), 8);
  bytes.set(noise(length, seed), 8 + header.length);
  return bytes;
}
