import { z } from "@hono/zod-openapi";
import type { GrammarSpec } from "@helium-lm/helium";
import { defaultChat, type ChatRequest } from "../chat/chat-request.ts";
import { namesOneTool } from "../chat/names-one-tool.ts";
import { thinkingVariables } from "../chat/thinking-variables.ts";
import { invalidRequest } from "../errors.ts";
import { schemaSpec } from "../generation/grammar-fields.ts";
import { samplingOf } from "../generation/sampling-fields.ts";
import { parsePart } from "../http/invalid-body.ts";
import type { ServedModel } from "../models/served-model.ts";
import { readInput } from "./read-input.ts";
import { readTools } from "./read-tools.ts";
import type { InputBody, ResponseBody } from "./response-body.ts";

/** What may be in `include`: the first is done, the others belong to tools and stores that do not exist here. */
const LOGPROBS = "message.output_text.logprobs";
const includable: ReadonlySet<string> = new Set([
  LOGPROBS,
  "reasoning.encrypted_content",
  "file_search_call.results",
  "web_search_call.results",
  "web_search_call.action.sources",
  "message.input_image.image_url",
  "computer_call_output.output.image_url",
  "code_interpreter_call.outputs",
]);

const schemaFormat = z.object({ name: z.string().nullish(), schema: z.record(z.string(), z.unknown()) });

/** The conversation and its tools: what the prompt is made of. @throws ApiError */
export function readPrompt(model: ServedModel, body: InputBody): ChatRequest {
  refuseStored(body);
  const effort = body.reasoning?.effort ?? null;
  return {
    ...defaultChat,
    model,
    messages: readInput(body).messages,
    ...readTools(body),
    parallelToolCalls: !namesOneTool(body.tool_choice) && (body.parallel_tool_calls ?? true),
    contentGrammar: readFormat(body.text?.format),
    templateVariables: {
      ...thinkingVariables(effort === null ? null : effort !== "none", effort),
      ...(body.text?.verbosity && { verbosity: body.text.verbosity }),
    },
  };
}

/** All of a request for a response. @throws ApiError */
export function readRequest(model: ServedModel, body: ResponseBody, cacheSalt: string): ChatRequest {
  if (body.background === true)
    throw invalidRequest("background", "is true, but nothing is stored here; leave it out and wait for the response");
  return {
    ...readPrompt(model, body),
    cacheSalt,
    maxTokens: body.max_output_tokens ?? null,
    logprobs: readLogprobs(body),
    sampling: samplingOf(body, model),
  };
}

/** @throws ApiError for what asks for something that would have had to be stored, or would cut the input */
function refuseStored(body: InputBody): void {
  for (const field of ["previous_response_id", "conversation", "prompt"] as const)
    if (body[field] !== null && body[field] !== undefined)
      throw invalidRequest(field, "is given, but nothing is stored here; send the whole conversation as input", {
        code: "unsupported_parameter",
      });
  if (body.truncation === "auto")
    throw invalidRequest("truncation", 'is "auto", but no input is cut here; shorten it, and give "disabled"', {
      code: "unsupported_value",
    });
}

function readLogprobs({ include, top_logprobs: top }: ResponseBody): number | null {
  for (const [at, each] of (include ?? []).entries())
    if (!includable.has(each))
      throw invalidRequest(`include.${at}`, `"${each}" is not known; there is "${LOGPROBS}"`, {
        code: "unsupported_value",
      });
  return include?.includes(LOGPROBS) === true || (top ?? 0) > 0 ? (top ?? 0) : null;
}

function readFormat(format: NonNullable<InputBody["text"]>["format"]): GrammarSpec | null {
  if (!format || format.type === "text") return null;
  if (format.type === "json_object") return schemaSpec("text.format", { type: "object" });
  return schemaSpec("text.format.schema", parsePart(schemaFormat, format, ["text", "format"]).schema);
}
