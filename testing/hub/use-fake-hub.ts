import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import { FakeHub } from "./fake-hub.ts";

export const repo = "acme/tiny";

/** What a call needs to load from there: options of the library's hub. */
export interface FakeHubOptions {
  readonly endpoint: string;
  readonly cacheDir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly retry: { readonly backoffMs: number };
  readonly token: string | false;
}

/** A hub and an empty cache, new for each test. */
export interface FakeHubTest {
  readonly hub: FakeHub;
  readonly cacheDir: string;
  /** The folder of `repo` in the cache. */
  readonly folder: string;
  /** @param more further options, or others */
  readonly options: (more?: object) => FakeHubOptions;
  /** Paths of all that is in the cache, in order, the locks too that stay there. */
  readonly tree: () => string[];
}

/** In a test file: starts a hub before each test and ends it after, with its cache. */
export function useFakeHub(): FakeHubTest {
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
    options: (more = {}) => ({
      endpoint: hub.endpoint,
      cacheDir,
      env: {},
      retry: { backoffMs: 1 },
      token: false,
      ...more,
    }),
    tree: () =>
      readdirSync(cacheDir, { recursive: true, withFileTypes: true })
        .filter((entry) => !entry.isDirectory())
        .map((entry) => join(entry.parentPath, entry.name).slice(cacheDir.length + 1))
        .sort(),
  };
}
