import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { packagesFolder } from "./cache-folder.ts";
import { PeerMissing } from "./player.ts";

/** Folder of a peer's npm package in the cache. @throws PeerMissing */
export function packageFolder(name: string): string {
  const folder = join(packagesFolder, "node_modules", name);
  if (existsSync(join(folder, "package.json"))) return folder;
  throw new PeerMissing(name, "is not in the benchmark cache; run `npm run bench -- install-peers`");
}

export function packageVersion(name: string): string {
  const json = JSON.parse(readFileSync(join(packageFolder(name), "package.json"), "utf8")) as { version: string };
  return json.version;
}

/** Imports a file of a peer's package. @throws PeerMissing */
export async function importPeer<T>(name: string, file: string): Promise<T> {
  return (await import(pathToFileURL(join(packageFolder(name), file)).href)) as T;
}
