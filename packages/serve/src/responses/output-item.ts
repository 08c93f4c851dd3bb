import { newId } from "../http/new-id.ts";
import type { RatedToken } from "../generation/rated-tokens.ts";

export type ItemStatus = "in_progress" | "completed" | "incomplete";

export interface OutputText {
  readonly type: "output_text";
  text: string;
  readonly annotations: readonly [];
  readonly logprobs: RatedToken[];
}

export interface ReasoningText {
  readonly type: "reasoning_text";
  text: string;
}

export interface MessageItem {
  readonly id: string;
  readonly type: "message";
  readonly role: "assistant";
  status: ItemStatus;
  readonly content: OutputText[];
}

export interface ReasoningItem {
  readonly id: string;
  readonly type: "reasoning";
  status: ItemStatus;
  readonly summary: readonly [];
  readonly content: ReasoningText[];
}

export interface FunctionCallItem {
  readonly id: string;
  readonly type: "function_call";
  status: ItemStatus;
  readonly call_id: string;
  readonly name: string;
  arguments: string;
}

/** A piece of a response's `output`. */
export type OutputItem = MessageItem | ReasoningItem | FunctionCallItem;

export const messageItem = (): MessageItem => ({
  id: newId("msg", "_"),
  type: "message",
  status: "in_progress",
  role: "assistant",
  content: [],
});

export const reasoningItem = (): ReasoningItem => ({
  id: newId("rs", "_"),
  type: "reasoning",
  status: "in_progress",
  summary: [],
  content: [],
});

export const functionCallItem = (callId: string, name: string): FunctionCallItem => ({
  id: newId("fc", "_"),
  type: "function_call",
  status: "in_progress",
  call_id: callId,
  name,
  arguments: "",
});
