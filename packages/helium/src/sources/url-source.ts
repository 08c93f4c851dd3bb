import { checkOptionNames, type OptionNames } from "@helium-lm/tensor";
import { fetchSource, IdleTimer, isPage, type ByteSource, type FetchSourceOptions } from "@helium-lm/nn";
import { ModelLoadError } from "../errors.ts";
import { checkRetryOptions, type HubOptions } from "../hub/hub-options.ts";
import { type ModelSource, MAX_FILE_BYTES } from "./model-source.ts";
import { isSafetensorsLocation, openSafetensors } from "./open-safetensors.ts";

/** How files are read from a URL. */
export type UrlOptions = Pick<HubOptions, "fetch" | "signal" | "retry">;

const optionNames: OptionNames<UrlOptions> = { fetch: true, signal: true, retry: true };

/**
 * A model under a URL, with config.json and safetensors; weights are read by byte range, or whole from a server that has
 * no ranges. A page in place of a file, as development servers send, is no file. A server that is silent for
 * `retry.idleMs` (30 seconds) is given up, a small file that does not end is refused, and the signal ends every request.
 *
 * The files under a URL cannot be listed: for a GGUF file give its own URL to `modelSource` or `ggufSource`.
 *
 * @param base of the folder, or of the safetensors file or index in it that is meant
 * @throws ModelLoadError for unknown options; from the methods: ModelLoadError, CheckpointError, the signal's reason
 *
 * @example
 * const source = urlSource("https://example.org/models/nano", { signal: AbortSignal.timeout(60_000) });
 * console.log(source.location); // https://example.org/models/nano
 */
export function urlSource(base: string | URL, options: UrlOptions = {}): ModelSource {
  checkUrlOptions("urlSource", options);
  const given = new URL(base);
  const file = isSafetensorsLocation(given.pathname) ? given.pathname.replace(/^.*\//, "") : undefined;
  const root = new URL(given);
  root.pathname = root.pathname.replace(file === undefined ? /\/*$/ : /\/[^/]*$/, "/");
  // Its query may be what opens it.
  const urlOf = (name: string): URL => (name === file ? given : new URL(name, root));
  const readBytes = (name: string): Promise<Uint8Array | null> => readSmall(urlOf(name), options);
  return {
    // Names of files are set behind it, with a slash.
    location: root.href.replace(/\/+$/, ""),
    readBytes,
    openWeights: () =>
      openSafetensors(
        {
          location: root.href,
          readBytes,
          open: (name): Promise<ByteSource> => fetchSource(urlOf(name), fetchOptionsOf(options)),
        },
        file,
      ),
  };
}

/** @param call for the message @throws ModelLoadError for unknown options, with the nearest */
export function checkUrlOptions(call: string, options: UrlOptions): void {
  checkOptionNames(call, options, optionNames, ModelLoadError);
  checkRetryOptions(call, options);
}

/** The part of the options that is about URLs. */
export const urlOptionsOf = ({ fetch, signal, retry }: HubOptions): UrlOptions => ({
  ...(fetch && { fetch }),
  ...(signal && { signal }),
  ...(retry && { retry }),
});

/** The same for a file that is read by ranges. */
export const fetchOptionsOf = ({ fetch, signal, retry }: UrlOptions): FetchSourceOptions => ({
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
    if (size > MAX_FILE_BYTES)
      throw new ModelLoadError(
        url.href,
        `is longer than ${MAX_FILE_BYTES} bytes, more than such a file ever has; check the address`,
        { expected: MAX_FILE_BYTES },
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
