import type { GrammarSpec } from "@helium-lm/helium";
import type { CompletionRequest } from "../generation/completion.ts";
import { chatPrompt } from "./chat-prompt.ts";
import type { ChatRequest } from "./chat-request.ts";
import { plainParser, type OutputParser } from "./output-parser.ts";

/** How a conversation is asked of the model, and how its answer is read. */
export interface PreparedChat {
  readonly promptIds: readonly number[];
  readonly grammar: GrammarSpec | null;
  readonly shownSpecialIds: CompletionRequest["shownSpecialIds"];
  /** A parser for one answer. */
  readonly openParser: () => OutputParser;
}

/** The prompt of a conversation, by the model's own template. @throws ChatTemplateError */
export async function prepareChat(request: ChatRequest, signal: AbortSignal): Promise<PreparedChat> {
  return {
    promptIds: await chatPrompt(request, signal),
    grammar: request.contentGrammar,
    shownSpecialIds: request.skipSpecialTokens ? new Set() : "all",
    openParser: plainParser,
  };
}
