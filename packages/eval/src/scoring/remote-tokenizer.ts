import { mapBounded } from "@helium-lm/nn";
import { EndpointError } from "../errors.ts";
import type { ScoringTokenizer } from "./encode-pair.ts";
import type { EndpointClient } from "./endpoint-client.ts";

/** The tokens that a server's tokenizer gives special meaning; null: it has none, or does not say. */
interface SpecialTokens {
  readonly bosToken: string | null;
  readonly bosTokenId: number | null;
  readonly eosToken: string | null;
  readonly eosTokenId: number | null;
}

const mend = "give the tokenizer of the model that it serves, from its folder or from the hub";

/** The tokenizer of a server that has POST /tokenize and, for the tokens that begin and end a text, GET /tokenizer_info. */
export class RemoteTokenizer {
  readonly special: SpecialTokens;
  readonly #client: EndpointClient;
  readonly #concurrency: number;

  private constructor(client: EndpointClient, special: SpecialTokens, concurrency: number) {
    this.#client = client;
    this.special = special;
    this.#concurrency = concurrency;
  }

  /** @throws EndpointError where the server has no tokenizer for others */
  static async open(client: EndpointClient, concurrency: number, signal?: AbortSignal): Promise<RemoteTokenizer> {
    await tokensOf(client, "a", signal);
    const info = await orNull(client.get("/tokenizer_info", signal));
    const [bosToken, eosToken] = [tokenIn(info, "bos_token"), tokenIn(info, "eos_token")];
    const idOf = async (token: string | null): Promise<number | null> => {
      const ids = token === null ? [] : await tokensOf(client, token, signal);
      return ids.length === 1 ? (ids[0] ?? null) : null;
    };
    const special = { bosToken, bosTokenId: await idOf(bosToken), eosToken, eosTokenId: await idOf(eosToken) };
    return new RemoteTokenizer(client, special, concurrency);
  }

  /** A tokenizer that knows these texts, and no others. @throws EndpointError */
  async knowing(texts: readonly string[], signal?: AbortSignal): Promise<ScoringTokenizer> {
    const known = new Map<string, readonly number[]>();
    const wanted = [...new Set(texts)];
    await mapBounded(wanted, this.#concurrency, async (text) => {
      known.set(text, text === "" ? [] : await tokensOf(this.#client, text, signal));
    });
    return { ...this.special, encode: (text) => known.get(text) ?? [] };
  }
}

async function tokensOf(client: EndpointClient, prompt: string, signal?: AbortSignal): Promise<readonly number[]> {
  const path = "/tokenize";
  let answer: unknown;
  try {
    answer = await client.post(path, { prompt, add_special_tokens: false }, signal);
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
    throw new EndpointError(
      client.address.of(path).replace(/\?.*$/s, ""),
      `is not there, so that texts cannot be made tokens of the model; ${mend}`,
      {},
      { cause },
    );
  }
  const { tokens = null } = (typeof answer === "object" && answer !== null ? answer : {}) as {
    readonly tokens?: unknown;
  };
  if (Array.isArray(tokens) && tokens.every((id) => Number.isInteger(id) && id >= 0)) return tokens as number[];
  throw new EndpointError(
    client.address.of(path).replace(/\?.*$/s, ""),
    `answers with no list of token ids ("tokens"); ${mend}`,
  );
}

/** The path is not there, or leads to something else. */
const isMissing = (error: unknown): boolean =>
  error instanceof EndpointError && ![401, 403].includes(Number(error.details["status"])) && !isTransient(error);

/** After many tries. */
const isTransient = ({ details }: EndpointError): boolean =>
  "reason" in details || [408, 429].includes(Number(details["status"])) || Number(details["status"]) >= 500;

async function orNull(answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** A special token as tokenizer_config.json has it: its text, or an object with it. */
function tokenIn(info: unknown, name: string): string | null {
  const of = (value: unknown, key: string): unknown =>
    typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
  const token = of(info, name);
  const text = typeof token === "string" ? token : of(token, "content");
  return typeof text === "string" && text !== "" ? text : null;
}
