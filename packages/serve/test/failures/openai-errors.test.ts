import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openServer, type OpenServer } from "../open-server.ts";
import { postJson } from "../post-json.ts";

let server: OpenServer;
beforeAll(async () => {
  server = await openServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const messages = [{ role: "user", content: "Hi" }];
const tools = [{ type: "function", function: { name: "f", parameters: { type: "object" } } }];
const long = Array.from({ length: 1020 }, () => 7);

/** body, the field that is named, what is said of it, and the code where there is one */
type Case = readonly [body: object, param: string, message: RegExp, code?: string];

const ofBoth: readonly Case[] = [
  [{ temperature: "hot" }, "temperature", /expected number/],
  [{ temperature: -1 }, "temperature", />=0/],
  [{ top_p: 1.5 }, "top_p", /<=1/],
  [{ top_k: 2.5 }, "top_k", /expected int/],
  [{ min_p: -0.1 }, "min_p", />=0/],
  [{ presence_penalty: 3 }, "presence_penalty", /<=2/],
  [{ frequency_penalty: "much" }, "frequency_penalty", /expected number/],
  [{ repetition_penalty: 0 }, "repetition_penalty", />0/],
  [{ n: 0 }, "n", />=1/],
  [{ n: 1000 }, "n", /<=128/],
  [{ n: 2.5 }, "n", /expected int/],
  [{ seed: "lucky" }, "seed", /expected number/],
  [{ seed: 0.5 }, "seed", /whole number/],
  [{ stop: 5 }, "stop", /expected a text/],
  [{ stop: "" }, "stop", /none of them empty|>=1/],
  [{ stop: [""] }, "stop.0", />=1/],
  [{ stop_token_ids: [6144] }, "stop_token_ids", /vocabulary ends at 6143/],
  [{ min_tokens: -1 }, "min_tokens", />=0/],
  [{ min_tokens: 9, max_tokens: 8 }, "min_tokens", /more than the 8 of max_tokens/],
  [{ logit_bias: { hello: 1 } }, "logit_bias", /has the key "hello"; expected ids of tokens/],
  [{ logit_bias: { 5: 101 } }, "logit_bias.5", /<=100/],
  [{ logit_bias: { 6144: 1 } }, "logit_bias", /vocabulary ends at 6143/],
  [{ stream: "yes" }, "stream", /expected boolean/],
  [{ stream_options: { include_usage: true } }, "stream_options", /set stream: true/],
  [{ stream: true, prompt_logprobs: 1 }, "prompt_logprobs", /in one piece/],
  [{ prompt_logprobs: 21 }, "prompt_logprobs", /<=20/],
  [{ cache_salt: "" }, "cache_salt", />=1/],
  [{ use_beam_search: true }, "use_beam_search", /not served/, "unsupported_parameter"],
  [{ priority: 3 }, "priority", /in which they come/, "unsupported_parameter"],
  [{ truncate_prompt_tokens: 5 }, "truncate_prompt_tokens", /never cut/, "unsupported_parameter"],
  [{ repeat_penalty: 1.1 }, "repeat_penalty", /called repetition_penalty/, "unsupported_parameter"],
  [{ response_format: { type: "xml" } }, "response_format.type", /is "xml"/],
  [{ response_format: { type: "json_schema" } }, "response_format.json_schema", /is missing/],
  [
    { response_format: { type: "json_schema", json_schema: { name: "a" } } },
    "response_format.json_schema.schema",
    /no JSON Schema/,
  ],
  [{ structured_outputs: {} }, "structured_outputs", /asks for nothing/],
  [
    { structured_outputs: { structural_tag: "a" } },
    "structured_outputs.structural_tag",
    /not supported/,
    "unsupported_parameter",
  ],
  [
    { structured_outputs: { regex: "a", choice: ["b"] } },
    "structured_outputs.choice",
    /beside structured_outputs.regex/,
  ],
  [{ guided_json: "{" }, "guided_json", /no JSON/],
  [{ guided_json: {}, guided_regex: "a" }, "guided_regex", /beside guided_json/],
];

const ofCompletions: readonly Case[] = [
  [{ min_tokens: 17 }, "min_tokens", /more than the 16 of max_tokens/],
  [{ prompt: undefined }, "prompt", /is missing/],
  [{ prompt: null }, "prompt", /is null/],
  [{ prompt: 5 }, "prompt", /is 5; expected a text/],
  [{ prompt: {} }, "prompt", /is an object/],
  [{ prompt: [] }, "prompt", /empty list/],
  [{ prompt: [[]] }, "prompt.0", /has no tokens/],
  [{ prompt: [1, "a"] }, "prompt", /a list with "a" in it/],
  [{ prompt: ["a", [1, null]] }, "prompt.1", /a list with null in it/],
  [{ prompt: [[5], [6144]] }, "prompt.1", /vocabulary ends at 6143/],
  [{ prompt: [-1] }, "prompt", /has the token -1/],
  [{ max_tokens: -1 }, "max_tokens", />=0/],
  [{ logprobs: 21 }, "logprobs", /<=20/],
  [{ logprobs: true }, "logprobs", /expected number/],
  [{ echo: 1 }, "echo", /expected boolean/],
  [{ best_of: 3 }, "best_of", /only as many texts as n/],
  [{ suffix: "end" }, "suffix", /not made to fill a gap/, "unsupported_parameter"],
  [
    { prompt: [...long, ...long] },
    "prompt",
    /2040 tokens is longer than the model's context of 1024/,
    "context_length_exceeded",
  ],
  [
    { prompt: long, max_tokens: 5 },
    "max_tokens",
    /1020 tokens and 5 new ones is longer than the model's context of 1024/,
    "context_length_exceeded",
  ],
  [{ prompt: Array.from({ length: 10 }, () => "a"), n: 128 }, "prompt", /more than 1024 texts/],
];

const ofChats: readonly Case[] = [
  [{ messages: undefined }, "messages", /expected array/],
  [{ messages: [] }, "messages", /is empty/],
  [{ messages: [{ role: "robot", content: "Hi" }] }, "messages.0.role", /expected one of system, developer/],
  [{ messages: [{ content: "Hi" }] }, "messages.0.role", /expected one of/],
  [{ messages: [{ role: "user" }] }, "messages.0.content", /is missing/],
  [{ messages: [{ role: "user", content: 5 }] }, "messages.0.content", /expected a text/],
  [{ messages: [{ role: "assistant", content: null }] }, "messages.0.content", /is missing/],
  [{ messages: [{ role: "user", content: [{ type: "text" }] }] }, "messages.0.content.0.text", /is missing/],
  [
    { messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "data:" } }] }] },
    "messages.0.content.0.type",
    /is "image_url", but the model reads texts only/,
    "unsupported_content_type",
  ],
  [{ messages: [...messages, { role: "tool", content: "2" }] }, "messages.1.tool_call_id", /is missing/],
  [{ max_completion_tokens: 0 }, "max_completion_tokens", />=1/],
  [
    { max_completion_tokens: 5000 },
    "max_completion_tokens",
    /and 5000 new ones is longer than the model's context of 1024/,
    "context_length_exceeded",
  ],
  [
    { messages: [{ role: "user", content: "word ".repeat(2000) }] },
    "messages",
    /is longer than the model's context of 1024/,
    "context_length_exceeded",
  ],
  [{ logprobs: 1 }, "logprobs", /expected boolean/],
  [{ logprobs: true, top_logprobs: 21 }, "top_logprobs", /<=20/],
  [{ top_logprobs: 2 }, "top_logprobs", /needs logprobs: true/],
  [{ continue_final_message: true, add_generation_prompt: true }, "continue_final_message", /cannot stand beside/],
  [{ modalities: ["text", "audio"] }, "modalities", /answers are texts/, "unsupported_parameter"],
  [{ echo: true }, "echo", /is of \/v1\/completions/, "unsupported_parameter"],
  [{ tools: [{ type: "custom", custom: { name: "f" } }] }, "tools.0.type", /is "custom"/, "unsupported_value"],
  [{ tools: [{ type: "function" }] }, "tools.0.function", /is missing/],
  [{ tools: [{ type: "function", function: {} }] }, "tools.0.function.name", /expected string/],
  [{ tools: [...tools, ...tools] }, "tools", /has "f" twice/],
  [{ tools, tool_choice: "maybe" }, "tool_choice", /is "maybe"/],
  [
    { tools, tool_choice: { type: "function", function: { name: "g" } } },
    "tool_choice",
    /names "g", but the tools are f/,
  ],
  [{ tools, tool_choice: { type: "custom" } }, "tool_choice.type", /is "custom"/],
  [{ tool_choice: "required" }, "tool_choice", /there are no tools/],
  [{ tools, functions: [{ name: "g" }] }, "functions", /beside tools/],
  [{ functions: [{ name: "f" }], function_call: { name: "g" } }, "function_call", /names "g"/],
];

const named = (cases: readonly Case[]): [string, Case][] =>
  cases.map((given) => [`${given[1]}: ${JSON.stringify(given[0]).slice(0, 100)}`, given]);

async function refused(path: string, body: object, [, param, message, code]: Case): Promise<void> {
  const { status, body: told } = await postJson(`${server.baseUrl}${path}`, body);
  const { error } = told as { error: { message: string; type: string; param: string; code: string | null } };
  expect({ status, param: error.param, code: error.code, type: error.type }).toEqual({
    status: 400,
    param,
    code: code ?? null,
    type: "invalid_request_error",
  });
  expect(error.message).toMatch(message);
}

describe("/v1/completions refuses", () => {
  test.each(named([...ofBoth, ...ofCompletions]))("%s", async (_, given) => {
    await refused("/completions", { prompt: "Hi", ...given[0] }, given);
  });
});

describe("/v1/chat/completions refuses", () => {
  test.each(named([...ofBoth, ...ofChats]))("%s", async (_, given) => {
    await refused("/chat/completions", { messages, ...given[0] }, given);
  });
});

test.each(["/completions", "/chat/completions"])(
  "%s: nothing is left behind by refusals, and bodies have to be JSON",
  async (path) => {
    const broken = await postJson(`${server.baseUrl}${path}`, "{");
    expect(broken).toMatchObject({ status: 400, body: { error: { type: "invalid_request_error" } } });
    expect(await postJson(`${server.baseUrl}${path}`, "[]")).toMatchObject({ status: 400 });
    const unknown = await postJson(`${server.baseUrl}${path}`, { model: "gpt-0", prompt: "Hi", messages });
    expect(unknown).toMatchObject({ status: 404, body: { error: { code: "model_not_found" } } });
    expect(server.server.admission.running).toBe(0);
  },
);

test.each([
  ["/completions", { prompt: "Hi", max_tokens: 2 }],
  ["/chat/completions", { messages, max_tokens: 2 }],
])("%s takes what says nothing, and what has no bearing here", async (path, body) => {
  const nothing = Object.fromEntries(
    [
      "model",
      "temperature",
      "top_p",
      "n",
      "stop",
      "seed",
      "logit_bias",
      "stream",
      "stream_options",
      "user",
      "logprobs",
    ].map((name) => [name, null]),
  );
  const without = {
    user: "me",
    metadata: { a: "b" },
    store: false,
    service_tier: "auto",
    safety_identifier: "x",
    prompt_cache_key: "y",
    frequency_penalty: 0,
    use_beam_search: false,
    best_of: 1,
    unheard_of: [1],
    seed: 9_223_372_036_854_775_807,
  };
  for (const more of [nothing, without])
    expect(await postJson(`${server.baseUrl}${path}`, { ...body, ...more })).toMatchObject({ status: 200 });
});
