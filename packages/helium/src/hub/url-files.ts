import { fetchSource, IdleTimer, isPage, SafetensorsFile, ShardedSafetensors, type ByteSource } from "@helium-lm/nn";
import { ModelLoadError } from "../errors.ts";
import type { HubOptions } from "./hub-options.ts";
import type { ModelFiles } from "./model-files.ts";
import { MOST_SMALL_BYTES } from "./small-file.ts";

/** How files are had from a URL. */
export type UrlOptions = Pick<HubOptions, "fetch" | "signal" | "retry">;

/**
 * Model files under a URL; weights are read by byte range, or whole from a server that has no ranges. A page in
 * place of a file, as development servers send, is no file. A server that is silent for `retry.idleMs` (30
 * seconds) is given up, a small file that does not end is refused, and the signal ends every request.
 *
 * @throws from the methods: ModelLoadError, CheckpointError, the signal's reason
 */
export function urlFiles(base: string | URL, options: UrlOptions = {}): ModelFiles {
  const root = new URL(base);
  root.pathname = root.pathname.replace(/\/*$/, "/");
  const readBytes = (name: string): Promise<Uint8Array | null> => readSmall(new URL(name, root), options);
  const readText = async (name: string): Promise<string | null> => {
    const bytes = await readBytes(name);
    return bytes === null ? null : new TextDecoder().decode(bytes);
  };
  const open = (name: string): Promise<ByteSource> => fetchSource(new URL(name, root), sourceOptions(options));
  return {
    // Names of files are set behind it, with a slash.
    location: root.href.replace(/\/+$/, ""),
    readText,
    readBytes,
    openWeights: async () => {
      const index = await readText("model.safetensors.index.json");
      if (index !== null) return ShardedSafetensors.open(index, open, root.href);
      return SafetensorsFile.open(await open("model.safetensors"));
    },
  };
}

/** The same for a file that is read by ranges. */
export const sourceOptions = ({ fetch, signal, retry }: UrlOptions): Parameters<typeof fetchSource>[1] => ({
  ...(fetch && { fetch }),
  ...(signal && { signal }),
  ...(retry?.idleMs !== undefined && { idleMs: retry.idleMs }),
});

/** All bytes of a small file; null where the server has none of that name. */
async function readSmall(url: URL, { fetch: request = fetch, signal, retry }: UrlOptions): Promise<Uint8Array | null> {
  const idle = new IdleTimer(retry?.idleMs ?? 30_000, signal);
  try {
    const response = await request(url, { signal: idle.signal });
    if (response.status === 404 || isPage(response)) return null;
    if (!response.ok)
      throw new ModelLoadError(url.href, `answered ${response.status}; check the address`, { status: response.status });
    return await readBody(url, response, idle);
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    if (cause instanceof ModelLoadError) throw cause;
    throw new ModelLoadError(
      url.href,
      `cannot be reached (${reasonOf(cause)}); check the address and the network`,
      {},
      { cause },
    );
  } finally {
    idle.cancel();
  }
}

async function readBody(url: URL, { body }: Response, idle: IdleTimer): Promise<Uint8Array> {
  const reader = body?.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { value } = (await reader?.read()) ?? {};
    if (value === undefined) break;
    idle.touch();
    size += value.length;
    if (size > MOST_SMALL_BYTES)
      throw new ModelLoadError(
        url.href,
        `is longer than ${MOST_SMALL_BYTES} bytes, which no such file is; check the address`,
        { expected: MOST_SMALL_BYTES },
      );
    chunks.push(value);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** `fetch` itself says no more than that it failed. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return cause.cause instanceof Error ? reasonOf(cause.cause) : cause.message || cause.name;
}
