import type { Agent } from "node:http";
import { request } from "node:http";

/** What is asked of `/v1/completions`. */
export interface TextAsked {
  readonly url: string;
  readonly prompt: string | readonly number[];
  readonly maxTokens: number;
  readonly agent?: Agent;
}

/** An answer as it came. */
export interface TextCame {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly text: string;
  readonly tokens: number;
  /** Milliseconds from the request to the first piece, and between two pieces. */
  readonly firstMs: number;
  readonly gapsMs: readonly number[];
}

interface Chunk {
  readonly choices: readonly { readonly text: string }[];
  readonly usage?: { readonly completion_tokens: number } | null;
  readonly error?: { readonly message: string };
}

/**
 * A greedy text as a stream, over plain HTTP, so that a client costs as little as it can beside the server.
 *
 * @throws Error where the connection or the stream breaks
 */
export async function streamText({ url, prompt, maxTokens, agent }: TextAsked): Promise<TextCame> {
  const started = performance.now();
  const body = JSON.stringify({
    ...{ prompt, max_tokens: maxTokens, temperature: 0, ignore_eos: true },
    ...{ stream: true, stream_options: { include_usage: true } },
  });
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const asked = request(`${url}/v1/completions`, { method: "POST", headers, ...(agent && { agent }) }, (response) => {
      const times: number[] = [];
      let rest = "";
      let text = "";
      let tokens = 0;
      let isDone = false;
      response.setEncoding("utf8");
      response.on("data", (part: string) => {
        if (response.statusCode !== 200) return;
        const lines = (rest + part).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) {
          if (!line.startsWith("data: ")) continue;
          if (line === "data: [DONE]") isDone = true;
          else {
            const { choices, usage, error } = JSON.parse(line.slice(6)) as Chunk;
            if (error) reject(new Error(error.message));
            if (usage) tokens = usage.completion_tokens;
            const piece = choices[0]?.text ?? "";
            if (piece !== "") times.push(performance.now());
            text += piece;
          }
        }
      });
      response.on("error", reject);
      response.on("close", () => reject(new Error("the stream broke")));
      response.on("end", () => {
        const status = response.statusCode ?? 0;
        if (status === 200 && !isDone) reject(new Error("the stream ended without [DONE]"));
        resolve({
          ...{ status, text, tokens, retryAfter: response.headers["retry-after"] ?? null },
          firstMs: (times[0] ?? NaN) - started,
          gapsMs: times.slice(1).map((time, at) => time - (times[at] ?? NaN)),
        });
      });
    });
    asked.on("error", reject);
    asked.end(body);
  });
}
