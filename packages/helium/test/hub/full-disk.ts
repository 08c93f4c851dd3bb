import type { FileHandle } from "node:fs/promises";
import type { HubOptions } from "@helium-lm/helium/hub";
import { HubHttp } from "../../src/hub/hub-http.ts";
import { HubRepo } from "../../src/hub/hub-repo.ts";
import { nodeBuiltins } from "../../src/hub/node/node-builtins.ts";
import { NodeStore } from "../../src/hub/node/node-store.ts";

/** A repository whose cache lies on a disk with room for `space` bytes, which it finds out by writing. */
export async function openStoreRepo(options: HubOptions, repo: string, space: number): Promise<HubRepo> {
  const node = await nodeBuiltins();
  let left = space;
  const write = (file: FileHandle): FileHandle["write"] =>
    (async (bytes: Uint8Array, from: number, length: number, at: number) => {
      if (left === 0) throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
      const written = Math.min(left, length);
      left -= written;
      return file.write(bytes, from, written, at);
    }) as FileHandle["write"];
  const open = async (...given: Parameters<typeof node.fs.open>): Promise<FileHandle> => {
    const file = await node.fs.open(...given);
    return new Proxy(file, {
      get: (target, key) => {
        if (key === "write") return write(target);
        const value: unknown = Reflect.get(target, key);
        return typeof value === "function" ? (value.bind(target) as unknown) : value;
      },
    });
  };
  const store = new NodeStore({ ...node, fs: { ...node.fs, open } }, options.cacheDir ?? "");
  const settings = { endpoint: options.endpoint ?? "", token: null, fetch, retry: {}, sendsIfRange: true };
  return new HubRepo({ repo, revision: "main", store, http: new HubHttp(settings) });
}
