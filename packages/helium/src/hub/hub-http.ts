import { IdleTimer, innermostReason, jsonExcess, retryAfterMs, retrying, TransientFailure } from "@helium-lm/nn";
import { HubAccessError, HubError, HubIntegrityError, HubNotFoundError, HubUnavailableError } from "../errors.ts";
import type { RetryOptions } from "./hub-options.ts";

export interface HttpSettings {
  /** Without a slash at the end. */
  readonly endpoint: string;
  readonly token: string | null;
  readonly fetch: typeof fetch;
  readonly retry: RetryOptions;
  /** False in pages: If-Range would make the browser ask a content server for permission first. */
  readonly sendsIfRange: boolean;
  readonly signal?: AbortSignal;
}

/** An answer whose body has not been read. */
export interface OpenAnswer {
  readonly response: Response;
  /** The body as it comes. @throws TransientFailure when it is cut */
  readonly chunks: () => AsyncGenerator<Uint8Array>;
  /** Ends the transfer; nothing after the body's end. */
  readonly cancel: () => void;
}

/** Of an answer that is a list of files: that of a hundred thousand files is smaller. */
const MOST_JSON_BYTES = 2 ** 25;

/** The values of a list of files take little more than its text. */
const allowance = { perCharacter: 1, base: 2 ** 24 };

/** Statuses that may pass. */
const passing = new Set([408, 429, 500, 502, 503, 504]);

/** Requests to the hub, with its token, which goes to no other origin, and its errors as ours. */
export class HubHttp {
  readonly settings: HttpSettings;

  constructor(settings: HttpSettings) {
    this.settings = settings;
  }

  /** Address of a file. @param repo the repository's path (`hubPath`) */
  fileUrl(repo: string, commit: string, path: string): string {
    return `${this.settings.endpoint}/${repo}/resolve/${commit}/${path.split("/").map(encodeURIComponent).join("/")}`;
  }

  /** JSON of an address below the endpoint, tried again where a failure may pass. */
  json(subject: string, path: string): Promise<unknown> {
    const { retry, signal } = this.settings;
    return retrying(
      async () => {
        const { chunks } = await this.open(subject, this.settings.endpoint + path);
        const decoder = new TextDecoder();
        let text = "";
        let [bytes, containers] = [0, 0];
        for await (const chunk of chunks()) {
          bytes += chunk.length;
          // Lists and objects without content would take far more memory than their text.
          for (const byte of chunk) if (byte === 0x5b || byte === 0x7b) containers += 1;
          if (bytes > MOST_JSON_BYTES || containers > 1000 + bytes / 16)
            throw new HubIntegrityError(
              subject,
              `${this.settings.endpoint} answers with ${bytes} bytes in ${containers} lists and objects, which is not a list of ` +
                "files; check that it is a hub's address (HF_ENDPOINT)",
              { given: bytes, expected: MOST_JSON_BYTES },
            );
          text += decoder.decode(chunk, { stream: true });
        }
        const problem = jsonExcess(text, allowance);
        if (problem !== null)
          throw new HubIntegrityError(
            subject,
            `${this.settings.endpoint} answers with JSON that ${problem}; check that it is a hub's address (HF_ENDPOINT)`,
          );
        try {
          return JSON.parse(text) as unknown;
        } catch (cause) {
          throw new HubError(
            subject,
            `${this.settings.endpoint} did not answer with JSON; check that it is a hub's address (HF_ENDPOINT)`,
            {},
            { cause },
          );
        }
      },
      retry,
      signal,
    );
  }

  /**
   * Asks once.
   *
   * @param accepts statuses beyond 200 … 299 that are no errors
   * @throws TransientFailure for what may pass, HubError, the signal's reason
   */
  async open(
    subject: string,
    url: string,
    headers: Readonly<Record<string, string>> = {},
    accepts: readonly number[] = [],
  ): Promise<OpenAnswer> {
    const { signal, retry, token, endpoint } = this.settings;
    const idle = new IdleTimer(retry.idleMs ?? 30_000, signal);
    try {
      // By the standard of fetch a redirect to another origin loses this header.
      const isOwn = new URL(url).origin === new URL(endpoint).origin;
      const sent = { ...headers, ...(token !== null && isOwn && { authorization: `Bearer ${token}` }) };
      const request = this.settings.fetch;
      // A browser's cache would keep every model a second time, and cut ranges of its own.
      const response = await request(url, { headers: sent, signal: idle.signal, cache: "no-store" });
      if (response.ok || accepts.includes(response.status))
        return { response, chunks: () => bodyOf(response, subject, idle, signal), cancel: () => idle.cancel() };
      throw statusError(subject, response, token !== null);
    } catch (cause) {
      idle.cancel();
      throw asFailure(subject, cause, signal);
    }
  }
}

async function* bodyOf(
  { body }: Response,
  subject: string,
  idle: IdleTimer,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const reader = body?.getReader();
  try {
    for (;;) {
      const { value } = (await reader?.read()) ?? {};
      if (value === undefined) break;
      idle.touch();
      yield value;
    }
    idle.end();
  } catch (cause) {
    throw asFailure(subject, cause, signal);
  } finally {
    idle.cancel();
  }
}

/** What `fetch` throws: the caller's own abort as it is, all else as a failure that may pass. */
function asFailure(subject: string, cause: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason;
  if (cause instanceof TransientFailure || cause instanceof HubError) return cause;
  return new TransientFailure(
    new HubUnavailableError(
      subject,
      `cannot be fetched (${innermostReason(cause)}); check the network, or use the cache alone (HF_HUB_OFFLINE=1)`,
      {},
      { cause },
    ),
  );
}

/** The hub says by a header what is missing; 401 also means a repository that does not exist. */
function statusError(subject: string, response: Response, hasToken: boolean): TransientFailure | HubError {
  const { status, headers } = response;
  const code = headers.get("x-error-code");
  const details = { status, code };
  if (passing.has(status)) {
    const mend = status === 429 ? "wait, or give a token (HF_TOKEN), which is allowed more" : "try again later";
    const error = new HubUnavailableError(subject, `the hub keeps answering ${status}; ${mend}`, details);
    return new TransientFailure(error, { waitMs: retryAfterMs(headers.get("retry-after")) });
  }
  if (code === "RevisionNotFound")
    return new HubNotFoundError(subject, "has no such revision; name a branch, a tag or a commit of it", details);
  if (code === "EntryNotFound") return new HubNotFoundError(subject, "is not a file of this revision", details);
  if (code === "GatedRepo" || (status === 403 && code !== "RepoNotFound")) {
    const mend = hasToken ? "ask for access on its page" : "ask for access on its page and give a token (HF_TOKEN)";
    return new HubAccessError(subject, `cannot be read without its owner's consent (${status}); ${mend}`, details);
  }
  if (status === 401 && (hasToken || headers.get("x-error-message")?.startsWith("Invalid")))
    return new HubAccessError(subject, "the hub refuses the token (401); check HF_TOKEN, or log in again", details);
  if (status === 401 || status === 404 || code === "RepoNotFound") {
    const mend = hasToken
      ? "check its name and that the token may read it"
      : "check its name; a private one needs HF_TOKEN";
    return new HubNotFoundError(subject, `is not on the hub (${status}); ${mend}`, details);
  }
  return new HubError(subject, `the hub answered ${status}; check the address (HF_ENDPOINT)`, details);
}
