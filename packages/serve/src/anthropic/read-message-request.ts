import { z } from "@hono/zod-openapi";
import type { GrammarSpec } from "@helium-lm/helium";
import { defaultChat, type ChatRequest, type ToolChoice, type ToolDefinition } from "../chat/chat-request.ts";
import { thinkingVariables } from "../chat/thinking-variables.ts";
import { invalidRequest } from "../errors.ts";
import { schemaSpec } from "../generation/grammar-fields.ts";
import { samplingOf } from "../generation/sampling-fields.ts";
import { parsePart } from "../http/invalid-body.ts";
import type { ServedModel } from "../models/served-model.ts";
import type { MessageBody, PromptBody } from "./message-body.ts";
import { readMessages } from "./read-messages.ts";

const customTool = z.object({
  name: z.string(),
  description: z.string().nullish(),
  input_schema: z.record(z.string(), z.unknown()),
  strict: z.boolean().nullish(),
});

/** Whether the template is to ask for thoughts; null: it decides. */
const thinkingModes = { enabled: true, adaptive: true, disabled: false, between_tools: null } as const;

/** The conversation and its tools: what the prompt is made of. @throws ApiError */
export function readPrompt(model: ServedModel, body: PromptBody): ChatRequest {
  refuseRemote(body);
  const { messages } = readMessages(body);
  const mode = body.thinking ? thinkingModes[body.thinking.type] : null;
  const last = messages.at(-1);
  return {
    ...defaultChat,
    model,
    messages,
    tools: (body.tools ?? []).map(readTool),
    toolChoice: readChoice(body.tool_choice),
    parallelToolCalls: body.tool_choice?.disable_parallel_tool_use !== true,
    contentGrammar: readFormat(body),
    // An answer that the client has begun is gone on with.
    continueFinalMessage: last?.role === "assistant" && last.tool_calls === undefined,
    templateVariables: thinkingVariables(mode, body.output_config?.effort ?? null),
  };
}

/** All of a request for a message. @throws ApiError */
export const readMessageRequest = (model: ServedModel, body: MessageBody, cacheSalt: string): ChatRequest => ({
  ...readPrompt(model, body),
  cacheSalt,
  maxTokens: body.max_tokens,
  stop: body.stop_sequences ?? [],
  sampling: samplingOf(body, model),
});

/** @throws ApiError for what only Anthropic's own servers have */
function refuseRemote({ container, mcp_servers: servers }: PromptBody): void {
  if (container !== null && container !== undefined)
    throw invalidRequest("container", "is given, but no code runs here; leave it out");
  if (servers && servers.length > 0)
    throw invalidRequest("mcp_servers", "are given, but no tools run here; call them yourself and give tools");
}

function readTool(tool: NonNullable<PromptBody["tools"]>[number], at: number): ToolDefinition {
  if ((tool.type ?? "custom") !== "custom")
    throw invalidRequest(`tools.${at}.type`, `"${tool.type}" is not known here; give tools with an input_schema`, {
      code: "unsupported_value",
    });
  const { name, description, input_schema: parameters, strict } = parsePart(customTool, tool, ["tools", at]);
  return {
    name,
    description: description ?? null,
    parameters,
    strict: strict ?? false,
    field: `tools.${at}.input_schema`,
  };
}

function readChoice(choice: PromptBody["tool_choice"]): ToolChoice {
  switch (choice?.type) {
    case "any":
      return "required";
    case "none":
      return "none";
    case "tool":
      if (typeof choice.name === "string") return [choice.name];
      throw invalidRequest("tool_choice.name", "is missing; name the tool to be called");
    default:
      return "auto";
  }
}

function readFormat({ output_config: config, output_format: older }: PromptBody): GrammarSpec | null {
  if (config?.format) return schemaSpec("output_config.format.schema", config.format.schema);
  return older ? schemaSpec("output_format.schema", older.schema) : null;
}
