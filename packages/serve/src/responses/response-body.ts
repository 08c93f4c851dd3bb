import { z } from "@hono/zod-openapi";
import { samplingFields } from "../generation/sampling-fields.ts";

const looseItem = z.looseObject({ type: z.string().nullish() });

/** The format of the text that an answer has. */
const textFormat = z
  .looseObject({ type: z.enum(["text", "json_object", "json_schema"]) })
  .openapi({ description: "`text`, `json_object`, or `json_schema` with `name`, `schema` and `strict`" });

/** What says which text the model sees; also what `/v1/responses/input_tokens` takes. */
export const inputBody = z.object({
  model: z.string().nullish().openapi({ description: "Default: the first model of the server" }),
  input: z
    .union([z.string(), z.array(looseItem)], { error: "is to be a text or a list of items" })
    .nullish()
    .openapi({ description: "A text, or items: message, function_call, function_call_output, reasoning" }),
  instructions: z.string().nullish(),
  tools: z.array(z.looseObject({ type: z.string() })).nullish(),
  tool_choice: z
    .union([z.enum(["none", "auto", "required"]), z.looseObject({ type: z.string() })], {
      error:
        'is to be "none", "auto", "required", { type: "function", name } or { type: "allowed_tools", mode, tools }',
    })
    .nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  text: z.object({ format: textFormat.nullish(), verbosity: z.enum(["low", "medium", "high"]).nullish() }).nullish(),
  reasoning: z
    .looseObject({ effort: z.enum(["none", "minimal", "low", "medium", "high", "xhigh", "max"]).nullish() })
    .nullish(),
  truncation: z.enum(["auto", "disabled"]).nullish(),
  previous_response_id: z.string().nullish().openapi({ description: "Refused: nothing is stored" }),
  conversation: z.unknown().nullish().openapi({ description: "Refused: nothing is stored" }),
  prompt: z.unknown().nullish().openapi({ description: "Refused: there are no stored prompts" }),
});

export const responseBody = inputBody
  .extend({
    background: z.boolean().nullish().openapi({ description: "Refused when true" }),
    include: z.array(z.string()).nullish(),
    max_output_tokens: z.int().min(1).nullish(),
    metadata: z.record(z.string(), z.string()).nullish(),
    stream: z.boolean().nullish(),
    store: z.boolean().nullish().openapi({ description: "Accepted; nothing is stored" }),
    ...samplingFields,
    top_logprobs: z.int().min(0).max(20).nullish(),
    prompt_cache_key: z.string().nullish(),
    safety_identifier: z.string().nullish(),
    user: z.string().nullish(),
  })
  .openapi("CreateResponse");

export type InputBody = z.infer<typeof inputBody>;
export type ResponseBody = z.infer<typeof responseBody>;
