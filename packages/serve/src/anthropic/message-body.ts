import { z } from "@hono/zod-openapi";
import { samplingFields } from "../generation/sampling-fields.ts";

const block = z.looseObject({ type: z.string() });
const blocks = z.union([z.string(), z.array(block)], { error: "is to be a text or a list of blocks" });

const schemaFormat = z.object({ type: z.literal("json_schema"), schema: z.record(z.string(), z.unknown()) });

/** What says which text the model sees; also what `count_tokens` takes. */
export const promptBody = z.object({
  model: z.string().nullish().openapi({ description: "Default: the first model of the server" }),
  messages: z
    .array(z.object({ role: z.enum(["user", "assistant", "system"]), content: blocks }))
    .min(1)
    .openapi({ description: "Blocks: text, tool_use, tool_result, thinking" }),
  system: blocks.nullish(),
  tools: z.array(z.looseObject({ name: z.string().min(1), type: z.string().nullish() })).nullish(),
  tool_choice: z
    .object({
      type: z.enum(["auto", "any", "tool", "none"]),
      name: z.string().nullish(),
      disable_parallel_tool_use: z.boolean().nullish(),
    })
    .nullish(),
  thinking: z
    .object({
      type: z.enum(["enabled", "disabled", "adaptive", "between_tools"]),
      budget_tokens: z.int().min(1).nullish(),
    })
    .nullish(),
  output_config: z
    .object({ effort: z.enum(["low", "medium", "high", "xhigh", "max"]).nullish(), format: schemaFormat.nullish() })
    .nullish(),
  output_format: schemaFormat.nullish().openapi({ description: "An older name of output_config.format" }),
  container: z.unknown().nullish().openapi({ description: "Refused: no code runs here" }),
  mcp_servers: z.array(z.unknown()).nullish().openapi({ description: "Refused: no tools run here" }),
});

export const messageBody = promptBody
  .extend({
    max_tokens: z.int({ error: "is to be the number of tokens to write at most" }).min(1),
    stop_sequences: z.array(z.string().min(1)).max(128).nullish(),
    stream: z.boolean().nullish(),
    metadata: z.looseObject({}).nullish(),
    temperature: samplingFields.temperature,
    top_p: samplingFields.top_p,
    top_k: samplingFields.top_k,
  })
  .openapi("CreateMessage");

export type PromptBody = z.infer<typeof promptBody>;
export type MessageBody = z.infer<typeof messageBody>;
