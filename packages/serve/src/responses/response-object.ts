import { newId, unixSeconds } from "../http/new-id.ts";
import { modelDefaults } from "../generation/sampling-parameters.ts";
import type { ServedModel } from "../models/served-model.ts";
import type { OutputItem } from "./output-item.ts";
import type { ResponseBody } from "./response-body.ts";

export interface ResponseUsage {
  readonly input_tokens: number;
  readonly input_tokens_details: { readonly cached_tokens: number };
  readonly output_tokens: number;
  readonly output_tokens_details: { readonly reasoning_tokens: number };
  readonly total_tokens: number;
}

/** A response as the API shows it, with what was asked for. */
export interface ResponseObject {
  readonly id: string;
  readonly object: "response";
  readonly created_at: number;
  completed_at: number | null;
  status: "in_progress" | "completed" | "incomplete" | "failed";
  error: { readonly code: string; readonly message: string } | null;
  incomplete_details: { readonly reason: "max_output_tokens" } | null;
  readonly output: OutputItem[];
  /** Alternatives of each token. */
  readonly top_logprobs: number;
  usage: ResponseUsage | null;
  readonly [field: string]: unknown;
}

/** A response before anything of it was written. */
export function newResponse(body: ResponseBody, model: ServedModel): ResponseObject {
  const { temperature = 1, topP = 1 } = modelDefaults(model.generationConfig);
  return {
    id: newId("resp", "_"),
    object: "response",
    created_at: unixSeconds(),
    completed_at: null,
    status: "in_progress",
    background: false,
    error: null,
    incomplete_details: null,
    instructions: body.instructions ?? null,
    frequency_penalty: body.frequency_penalty ?? 0,
    max_output_tokens: body.max_output_tokens ?? null,
    max_tool_calls: null,
    model: model.id,
    output: [],
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    presence_penalty: body.presence_penalty ?? 0,
    previous_response_id: null,
    prompt_cache_key: body.prompt_cache_key ?? null,
    reasoning: { effort: body.reasoning?.effort ?? null, summary: null },
    safety_identifier: body.safety_identifier ?? null,
    service_tier: "default",
    store: false,
    temperature: body.temperature ?? temperature,
    text: { format: shownFormat(body), verbosity: body.text?.verbosity ?? "medium" },
    tool_choice: body.tool_choice ?? "auto",
    tools: (body.tools ?? []).map((tool) => ({
      description: null,
      parameters: null,
      ...tool,
      strict: tool["strict"] ?? false,
    })),
    top_logprobs: body.top_logprobs ?? 0,
    top_p: body.top_p ?? topP,
    truncation: "disabled",
    usage: null,
    user: body.user ?? null,
    metadata: body.metadata ?? {},
  };
}

/** A format with all of its fields. */
function shownFormat({ text }: ResponseBody): Readonly<Record<string, unknown>> {
  const format = text?.format ?? { type: "text" };
  return format.type === "json_schema" ? { description: null, ...format, strict: format["strict"] ?? false } : format;
}
