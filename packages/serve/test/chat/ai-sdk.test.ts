import { createOpenAICompatible, type OpenAICompatibleProvider } from "@ai-sdk/openai-compatible";
import { generateText, Output, streamText, tool } from "ai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { chatModel, colon } from "./chat-model.ts";
import { openServer, type OpenServer } from "../open-server.ts";

let server: OpenServer;
let provider: OpenAICompatibleProvider;
beforeAll(async () => {
  server = await openServer({ models: [chatModel({ eosTokenId: [2, colon] })] });
  provider = createOpenAICompatible({
    name: "helium",
    baseURL: server.baseUrl,
    includeUsage: true,
    supportsStructuredOutputs: true,
  });
});
afterAll(() => server[Symbol.asyncDispose]());

const asked = (): {
  model: ReturnType<OpenAICompatibleProvider>;
  prompt: string;
  maxRetries: number;
  temperature: number;
} => ({
  model: provider("helium-chat"),
  prompt: "Tell me about the sea.",
  maxRetries: 0,
  temperature: 0,
});

const person = z.object({
  name: z.string().max(12),
  age: z.number().int().min(0).max(150),
  tags: z.array(z.enum(["a", "b"])).max(2),
});

describe("the AI SDK", () => {
  test("generates a text, with its usage", async () => {
    const { text, finishReason, usage } = await generateText({ ...asked(), maxOutputTokens: 12 });
    expect(text.length).toBeGreaterThan(0);
    expect(finishReason).toBe("length");
    expect(usage).toMatchObject({ outputTokens: 12 });
    expect(usage.inputTokens).toBeGreaterThan(5);
  });

  test("streams the same text", async () => {
    const whole = await generateText({ ...asked(), maxOutputTokens: 24 });
    const streamed = streamText({ ...asked(), maxOutputTokens: 24 });
    const parts: string[] = [];
    for await (const part of streamed.textStream) parts.push(part);
    expect(parts.join("")).toBe(whole.text);
    expect(parts.length).toBeGreaterThan(3);
    expect(await streamed.usage).toMatchObject({ outputTokens: 24 });
    expect(await streamed.finishReason).toBe("length");
  });

  test("gets objects of a schema, whole and streamed", async () => {
    const output = Output.object({ schema: person });
    const { output: value } = await generateText({ ...asked(), output, maxOutputTokens: 400 });
    expect(person.parse(value)).toEqual(value);
    const streamed = streamText({ ...asked(), output, maxOutputTokens: 400 });
    let last: unknown;
    for await (const partial of streamed.partialOutputStream) last = partial;
    expect(last).toEqual(value);
  });

  test("has tools called", async () => {
    const seen: unknown[] = [];
    const weather = tool({
      description: "The weather of a place.",
      inputSchema: z.object({ place: z.enum(["Rome", "Oslo"]), days: z.number().int().min(1).max(9) }),
      execute: async (input) => {
        seen.push(input);
        return { sky: "clear" };
      },
    });
    // The model would go on to call for ever.
    const providerOptions = { helium: { parallel_tool_calls: false } };
    const { toolCalls, toolResults, finishReason } = await generateText({
      ...asked(),
      tools: { weather },
      providerOptions,
      toolChoice: "required",
      maxOutputTokens: 200,
    });
    expect(toolCalls.length).toBeGreaterThan(0);
    expect(toolResults.map(({ output }) => output)).toEqual(toolCalls.map(() => ({ sky: "clear" })));
    expect(toolResults.map(({ input }) => input)).toEqual(seen);
    expect(finishReason).toBe("tool-calls");
    const streamed = streamText({
      ...asked(),
      tools: { weather },
      providerOptions,
      toolChoice: { type: "tool", toolName: "weather" },
      maxOutputTokens: 200,
    });
    expect((await streamed.toolCalls).map(({ input }) => input)).toEqual(toolCalls.map(({ input }) => input));
  });

  test("is told what is wrong", async () => {
    await expect(generateText({ ...asked(), maxOutputTokens: 5000 })).rejects.toMatchObject({
      statusCode: 400,
      message: expect.stringContaining("longer than the model's context of 1024") as string,
    });
  });
});
