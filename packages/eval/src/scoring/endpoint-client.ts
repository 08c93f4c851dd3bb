import { IdleTimer, innermostReason, retryAfterMs, retrying, TransientFailure, type Patience } from "@helium-lm/nn";
import { EndpointError } from "../errors.ts";
import { endpointAddress, type EndpointAddress } from "./endpoint-address.ts";
import { quoted, serverMessage } from "./server-message.ts";

export interface EndpointClientOptions {
  /** The server, with or without /v1/completions. */
  readonly url: string;
  /** Sent as a bearer token; in no message. */
  readonly apiKey?: string;
  /** When a request is tried again that failed on the way, was one too many (429), or met a fault of the server (5xx). */
  readonly retry?: Patience;
  /** A request without an answer for so long is given up, and tried again. Default 300,000. */
  readonly timeoutMs?: number;
  /** Default: the global `fetch`. */
  readonly fetch?: typeof fetch;
}

/** Of an answer to some hundred prompts of some thousand tokens, with their log-probabilities. */
const MOST_CHARACTERS = 2 ** 28;
/** Of an answer that only says what is wrong. */
const MOST_OF_REFUSAL = 2 ** 16;

/** Requests to a server, tried again where a failure may pass, and its refusals as our errors. */
export class EndpointClient {
  readonly address: EndpointAddress;
  readonly #options: EndpointClientOptions;

  /** @throws EndpointError for what is no address, and a key that no header can hold */
  constructor(options: EndpointClientOptions) {
    this.address = endpointAddress(options.url);
    this.#options = options;
    const { apiKey = "" } = options;
    if (!/^[\x21-\x7e]*$/.test(apiKey))
      throw new EndpointError(
        this.address.shown,
        "the API key has a space, a line break or a character beyond ASCII in it, which no header can hold; give the key alone",
      );
  }

  /** An error of the completions, whose message may have a server's words in it. */
  error(message: string, details: Readonly<Record<string, unknown>> = {}): EndpointError {
    return new EndpointError(this.address.shown, this.#safe(message), details);
  }

  /** @throws EndpointError, the signal's reason */
  post(path: string, body: object, signal?: AbortSignal): Promise<unknown> {
    const headers = { "content-type": "application/json" };
    return this.#json(path, { method: "POST", headers, body: JSON.stringify(body) }, signal);
  }

  /** @throws EndpointError, the signal's reason */
  get(path: string, signal?: AbortSignal): Promise<unknown> {
    return this.#json(path, { method: "GET" }, signal);
  }

  async #json(path: string, request: RequestInit, signal: AbortSignal | undefined): Promise<unknown> {
    const url = this.address.of(path);
    const address = url.replace(/\?.*$/s, "");
    const text = await retrying(() => this.#attempt(url, address, request, signal), this.#options.retry, signal);
    try {
      return JSON.parse(text) as unknown;
    } catch {
      const isPage = /^\s*</.test(text);
      const what = isPage ? "a web page" : "what is no JSON";
      const mend = isPage
        ? "check its port and its path"
        : "check the address, and that nothing between here and there cuts answers or writes NaN into them";
      throw new EndpointError(
        address,
        `answers with ${what}, ${quoted(this.#safe(text), 60)}; expected an answer of the completions API: ${mend}`,
        { given: this.#safe(text).slice(0, 1000) },
      );
    }
  }

  async #attempt(url: string, address: string, request: RequestInit, signal: AbortSignal | undefined): Promise<string> {
    const { apiKey, timeoutMs = 300_000, fetch: send = globalThis.fetch } = this.#options;
    const timer = new IdleTimer(timeoutMs, signal);
    try {
      const headers = {
        ...request.headers,
        accept: "application/json",
        ...(apiKey && { authorization: `Bearer ${apiKey}` }),
      };
      // A redirected POST would arrive as a GET.
      const response = await send(url, { ...request, headers, redirect: "manual", signal: timer.signal });
      if (!response.ok) throw await this.#refusal(address, response, timer);
      const text = await readText(response, timer, MOST_CHARACTERS);
      if (text !== null) return text;
      throw new EndpointError(
        address,
        `answers with more than ${MOST_CHARACTERS} characters; check the address, or lower batchSize`,
      );
    } catch (failure) {
      if (signal?.aborted) throw signal.reason;
      if (failure instanceof TransientFailure || failure instanceof EndpointError) throw failure;
      const reason = this.#safe(innermostReason(failure));
      throw new TransientFailure(
        new EndpointError(address, `gives no answer (${reason}); check that the server runs and listens there`, {
          reason,
        }),
      );
    } finally {
      timer.cancel();
    }
  }

  async #refusal(address: string, response: Response, timer: IdleTimer): Promise<TransientFailure | EndpointError> {
    const { status, headers } = response;
    if (response.type === "opaqueredirect" || (status >= 300 && status < 400)) {
      const location = quoted(this.#safe((headers.get("location") ?? "another address").replace(/\?.*$/s, "")), 200);
      return new EndpointError(address, `redirects to ${location}; give the address where it ends`, { status });
    }
    const said = serverMessage(this.#safe((await readText(response, timer, MOST_OF_REFUSAL)) ?? ""));
    const words = said === "" ? "" : `, ${said}`;
    const details = { status, message: said };
    if (status === 408 || status === 429 || status >= 500) {
      const waitMs = retryAfterMs(headers.get("retry-after"));
      const wait = waitMs === null ? "" : `, and asks for ${Math.ceil(waitMs / 1000)} s of patience`;
      const mend = status === 429 ? "lower concurrency, or go on later" : "look into the server's log, and go on later";
      return new TransientFailure(
        new EndpointError(address, `answered ${status} again and again${words}${wait}; ${mend}`, details),
        { waitMs },
      );
    }
    return new EndpointError(address, `refuses the request (${status})${words}; ${mendFor(status)}`, details);
  }

  /** Without the key, which a server may repeat. */
  #safe(text: string): string {
    const { apiKey = "" } = this.#options;
    return apiKey === "" ? text : text.replaceAll(apiKey, "…");
  }
}

function mendFor(status: number): string {
  if (status === 401 || status === 403) return "check the API key";
  if (status === 404) return "check the address, and the name of the model";
  if (status === 405) return "check the address: it takes no completions";
  if (status === 413) return "lower batchSize";
  return "check the name of the model, maxLength and batchSize against what the server takes";
}

/** Null for a body that is longer than `limit`, in characters. */
async function readText({ body }: Response, timer: IdleTimer, limit: number): Promise<string | null> {
  if (body === null) return "";
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return text + decoder.decode();
    timer.touch();
    text += decoder.decode(value, { stream: true });
    if (text.length > limit) return null;
  }
}
