import { isLoopback } from "../middleware/loopback-only.ts";
import { ModelServer } from "../model-server.ts";
import { silentLog } from "../server-log.ts";
import { type ServerOptions } from "../server-options.ts";
import { BatchFolder, type BatchFolderOptions } from "./batches/batch-folder.ts";
import { listen, type ListenOptions } from "./listen.ts";
import { PrefixFolder } from "./prefix-folder.ts";

export interface ServeOptions extends ServerOptions, ListenOptions {
  /** Models that are loaded at once; default: the first. The others are loaded when a request asks for them. */
  readonly preload?: readonly string[];
  /** Milliseconds that requests under way have to finish once the server is to end; default 30 s. */
  readonly drainTimeoutMs?: number;
  /** Folder in which the stored starts of texts are kept from one run to the next; default: they are forgotten. */
  readonly prefixCache?: string;
  /** Folder of the files and batches of `/v1/files` and `/v1/batches`; default: these routes say that they are off. */
  readonly filesFolder?: string;
  /** What that has room for. */
  readonly batchFolder?: BatchFolderOptions;
}

/** A server of language models that listens. */
export interface ServedModels extends AsyncDisposable {
  readonly server: ModelServer;
  readonly url: string;
  /** Once the first models are in memory. @throws what loading throws */
  readonly loaded: Promise<void>;
  /** Takes no more requests, lets those under way finish, and frees everything. @returns whether all could finish */
  readonly stop: () => Promise<boolean>;
}

/** How long the last bytes of answers may take to leave, in ms. */
const LAST_BYTES_MS = 1000;

/**
 * Serves models over HTTP in Node: at 127.0.0.1:8000 unless told otherwise, where pages of other machines cannot use it.
 *
 * @throws Error where the port cannot be had, FileLockError where another server has the folder of files
 * @example
 * const serving = await serve({ models: [modelEntry("helium-nano", "models/helium-nano")], port: 0 });
 * await serving.loaded;
 * console.log((await fetch(`${serving.url}/health`)).status); // 200
 * await serving.stop();
 */
export async function serve({
  port,
  host = "127.0.0.1",
  preload,
  drainTimeoutMs = 30_000,
  prefixCache,
  filesFolder,
  batchFolder,
  models,
  ...options
}: ServeOptions): Promise<ServedModels> {
  const { log = silentLog } = options;
  const folder = prefixCache === undefined ? null : await PrefixFolder.open(prefixCache, log);
  const batches = filesFolder === undefined ? null : await BatchFolder.open(filesFolder, batchFolder);
  const server = new ModelServer({
    ...(batches && { batches }),
    loopbackOnly: isLoopback(host),
    ...(folder && { cacheSecret: folder.secret }),
    ...options,
    models: folder ? models.map((entry) => folder.keeping(entry)) : models,
  });
  const listening = await listen(server, { host, ...(port !== undefined && { port }) }).catch(
    async (error: unknown) => {
      server.dispose();
      await batches?.dispose();
      throw error;
    },
  );
  const loaded = server.preload(preload ?? server.registry.ids.slice(0, 1));
  loaded.catch(() => undefined);
  const end = async (): Promise<boolean> => {
    const isDrained = await server.drain(drainTimeoutMs);
    await listening.close(isDrained ? LAST_BYTES_MS : 0);
    await server.registry.beforeUnload();
    server.dispose();
    await batches?.dispose();
    return isDrained;
  };
  let ending: Promise<boolean> | null = null;
  const stop = (): Promise<boolean> => (ending ??= end());
  return { server, url: listening.url, loaded, stop, [Symbol.asyncDispose]: async () => void (await stop()) };
}
