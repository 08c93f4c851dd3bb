import type { ChatMessage, GrammarSpec } from "@helium-lm/helium";
import type { CompletionRequest } from "../generation/completion.ts";
import { defaultSampling } from "../generation/sampling-parameters.ts";

/** A function that the model may call. */
export interface ToolDefinition {
  readonly name: string;
  readonly description: string | null;
  /** JSON Schema of its arguments. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Arguments are held to the schema even where the model is free to call. */
  readonly strict: boolean;
  /** Where the schema stands in the request, for errors; default: where OpenAI's chat completions have it. */
  readonly field?: string;
}

/** Which tools the model may or must call; a list: one of those named. */
export type ToolChoice = "none" | "auto" | "required" | readonly string[];

/** An answer to be written in a conversation, whichever API asked for it. */
export interface ChatRequest extends Omit<CompletionRequest, "promptIds" | "shownSpecialIds" | "grammar"> {
  /** In the words of Hugging Face's chat templates: `role`, `content`, `tool_calls`, `tool_call_id`, `reasoning_content`. */
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly ToolDefinition[];
  readonly toolChoice: ToolChoice;
  /** Whether several calls may stand in one answer. */
  readonly parallelToolCalls: boolean;
  /** What the content has to be; tool calls are not held to it. */
  readonly contentGrammar: GrammarSpec | null;
  /** Leaves out tokens such as `<|im_end|>`, which mark up the text and are no part of it. */
  readonly skipSpecialTokens: boolean;
  /** Goes on with the last message instead of beginning an answer. */
  readonly continueFinalMessage: boolean;
  /** Ends the prompt with what begins an answer. */
  readonly addGenerationPrompt: boolean;
  /** Further variables of the template, such as `enable_thinking`. */
  readonly templateVariables: Readonly<Record<string, unknown>>;
  /** A template in place of the model's own. */
  readonly chatTemplate: string | null;
}

/** A request that says nothing but which messages there are. */
export const defaultChat: Omit<ChatRequest, "model" | "messages"> = {
  n: 1,
  maxTokens: null,
  sampling: defaultSampling,
  stop: [],
  includeStop: false,
  logprobs: null,
  cacheSalt: "",
  engineOptions: {},
  tools: [],
  toolChoice: "auto",
  parallelToolCalls: true,
  contentGrammar: null,
  skipSpecialTokens: true,
  continueFinalMessage: false,
  addGenerationPrompt: true,
  templateVariables: {},
  chatTemplate: null,
};
