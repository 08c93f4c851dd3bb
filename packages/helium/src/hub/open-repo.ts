import { isNode } from "@helium-lm/tensor";
import { HubAccessError, HubNotFoundError, HubStorageError } from "../errors.ts";
import { HubHttp } from "./hub-http.ts";
import { formatHubId, hubPath, isSafePath, type HubId, type HubRepoType } from "./hub-id.ts";
import type { HubOptions } from "./hub-options.ts";
import { HubRepo } from "./hub-repo.ts";
import type { HubStore } from "./hub-store.ts";

const defaultEndpoint = "https://huggingface.co";

/**
 * A repository with the cache of this platform: the folder that Python's tools share in Node, the origin's private file
 * system in a page. Asks nothing yet.
 *
 * @throws HubError for settings that cannot be used
 */
export async function openHubRepo(id: HubId, options: HubOptions = {}, type: HubRepoType = "model"): Promise<HubRepo> {
  const name = formatHubId(id);
  const { onDownload, onNotice, signal, verify = false, retry = {} } = options;
  const revision = id.revision ?? options.revision ?? "main";
  if (!isSafePath(revision))
    throw new HubNotFoundError(name, `has no revision ${JSON.stringify(revision)}; name a branch, a tag or a commit`);
  const { store, token, isOffline, endpoint } = isNode() ? await nodePlatform(options) : await pagePlatform(options);
  if (token !== null && !/^[\x21-\x7e]+$/.test(token))
    throw new HubAccessError(name, "the token contains spaces or characters that are not allowed; check HF_TOKEN");
  const http = new HubHttp({
    endpoint: endpoint.replace(/\/+$/, ""),
    token,
    retry,
    fetch: options.fetch ?? fetch,
    sendsIfRange: isNode(),
    ...(signal && { signal }),
  });
  return new HubRepo({
    repo: hubPath(id.repo, type),
    revision,
    store,
    http: isOffline ? null : http,
    verify,
    ...(onDownload && { onDownload }),
    ...(onNotice && { onNotice }),
    ...(signal && { signal }),
  });
}

interface Platform {
  readonly store: HubStore;
  readonly token: string | null;
  readonly isOffline: boolean;
  readonly endpoint: string;
}

async function nodePlatform({ env = process.env, ...options }: HubOptions): Promise<Platform> {
  const { nodeBuiltins } = await import("./node/node-builtins.ts");
  const { NodeStore } = await import("./node/node-store.ts");
  const { cacheFolder, isTrue, savedToken } = await import("./node/node-settings.ts");
  const node = await nodeBuiltins();
  const { token = await savedToken(env, node), localFilesOnly, endpoint } = options;
  return {
    store: new NodeStore(node, cacheFolder({ ...options, env }, node)),
    token: token === false ? null : token,
    isOffline: localFilesOnly ?? (isTrue(env["HF_HUB_OFFLINE"]) || isTrue(env["TRANSFORMERS_OFFLINE"])),
    endpoint: endpoint ?? (env["HF_ENDPOINT"] || defaultEndpoint),
  };
}

async function pagePlatform({ token, localFilesOnly, endpoint, cacheDir }: HubOptions): Promise<Platform> {
  if (cacheDir !== undefined)
    throw new HubStorageError(
      "cacheDir",
      "works in Node only; a page keeps models in its own storage, so leave it out",
    );
  const { OpfsStore } = await import("./browser/opfs-store.ts");
  return {
    store: await OpfsStore.open(),
    token: token || null,
    isOffline: localFilesOnly ?? false,
    endpoint: endpoint ?? defaultEndpoint,
  };
}
