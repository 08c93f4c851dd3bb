import type { ChatAnswer } from "@helium-lm/helium/pipelines";
import { formatCount } from "../terminal/quantities.ts";
import { contextUse } from "./chat-stats.ts";
import type { Conversation } from "./conversation.ts";

/** What a user can do about a context that is full. */
export const WAYS_OUT = "/undo takes the last message back, /clear begins anew, /save FILE keeps the conversation";

/** Share of the context below which it is almost full. */
const ALMOST = 0.1;

/** What there is to say about an answer that is not simply complete, and about a context that will soon be full. */
export function notesOn(answer: ChatAnswer, conversation: Conversation): string[] {
  const { usedTokens, contextLength, maxNewTokens } = conversation;
  const left = contextLength - usedTokens;
  if (answer.finishReason === "context")
    return [`the context is full, so that the answer ends here: ${contextUse(conversation)}; ${WAYS_OUT}`];
  const notes: string[] = [];
  if (answer.finishReason === "stopped")
    notes.push(answer.tokens === 0 ? "stopped; the message was taken back" : "stopped");
  if (answer.finishReason === "length") {
    const more = `/set max-new-tokens ${2 * maxNewTokens}`;
    notes.push(`stopped after ${formatCount(answer.tokens)} tokens; ${more} allows more`);
  }
  if (left < Math.min(maxNewTokens, contextLength * ALMOST))
    notes.push(`the context is almost full: ${contextUse(conversation)}; ${WAYS_OUT}`);
  return notes;
}
