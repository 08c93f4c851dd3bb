import OpenAI from "openai";

/** By what nginx finds the replica of a conversation. */
export type AffinityKey = "start" | "header" | "prompt_cache_key";

/** A turn as the client saw it. */
export interface Turn {
  readonly id: string;
  readonly text: string;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cachedTokens: number;
  /** What the client was told each time that it got no answer, and asked again. */
  readonly errors: readonly string[];
}

export interface TalkOptions {
  readonly url: string;
  readonly name: string;
  /** What the user says, turn by turn. */
  readonly says: readonly string[];
  readonly maxTokens: number;
  readonly stream: boolean;
  readonly key?: AffinityKey;
  /** Called after each turn. */
  readonly onTurn?: () => void;
}

/** How often a turn is asked again, and how long the client waits before. */
const TRIES = 20;
const WAIT_MS = 250;

/**
 * A conversation by OpenAI's own client, which does not repeat requests by itself here, so that what the recipe does is seen. A
 * turn that got an error is asked again, as a person does.
 */
export async function talk({
  url,
  name,
  says,
  maxTokens,
  stream,
  key = "start",
  onTurn,
}: TalkOptions): Promise<Turn[]> {
  const client = new OpenAI({ apiKey: "none", baseURL: `${url}/v1`, maxRetries: 0 });
  const messages: OpenAI.ChatCompletionMessageParam[] = [];
  const turns: Turn[] = [];
  for (const [at, content] of says.entries()) {
    messages.push({ role: "user", content });
    const errors: string[] = [];
    for (let turn: Turn | null = null; turn === null;) {
      const id = `${name}.${at}.${errors.length}`;
      try {
        turn = { id, ...(await ask(id)), errors };
        turns.push(turn);
        messages.push({ role: "assistant", content: turn.text });
      } catch (error) {
        errors.push(told(error));
        if (errors.length > TRIES) throw error;
        await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
      }
    }
    onTurn?.();
  }
  return turns;

  async function ask(id: string): Promise<Omit<Turn, "id" | "errors">> {
    const headers = { "x-request-id": id, ...(key === "header" && { "x-conversation-id": name }) };
    const body = {
      ...{ model: "helium-nano", messages, max_tokens: maxTokens, temperature: 0 },
      ...(key === "prompt_cache_key" && { prompt_cache_key: name }),
    };
    if (!stream) {
      const { choices, usage } = await client.chat.completions.create(body, { headers });
      return { text: choices[0]?.message.content ?? "", ...counted(usage) };
    }
    let text = "";
    let usage: OpenAI.CompletionUsage | null | undefined;
    let isFinished = false;
    const streamed = { ...body, stream: true, stream_options: { include_usage: true } } as const;
    for await (const chunk of await client.chat.completions.create(streamed, { headers })) {
      text += chunk.choices[0]?.delta.content ?? "";
      isFinished ||= typeof chunk.choices[0]?.finish_reason === "string";
      usage = chunk.usage ?? usage;
    }
    if (!isFinished || !usage) throw new Error("the stream ended before its answer did");
    return { text, ...counted(usage) };
  }
}

function counted(usage: OpenAI.CompletionUsage | undefined): Pick<Turn, `${"prompt" | "completion" | "cached"}Tokens`> {
  if (!usage) throw new Error("the answer has no usage");
  const { prompt_tokens, completion_tokens, prompt_tokens_details } = usage;
  return {
    promptTokens: prompt_tokens,
    completionTokens: completion_tokens,
    cachedTokens: prompt_tokens_details?.cached_tokens ?? 0,
  };
}

/** The error's class and message, without what differs from one to the next. */
function told(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : "";
  return `${error.constructor.name}: ${error.message}${cause}`;
}
