export interface TextBlock {
  readonly type: "text";
  text: string;
  readonly citations: null;
}

export interface ThinkingBlock {
  readonly type: "thinking";
  thinking: string;
  /** Thoughts are not signed here. */
  readonly signature: "";
}

export interface ToolUseBlock {
  readonly type: "tool_use";
  readonly id: string;
  readonly name: string;
  input: unknown;
  readonly caller: { readonly type: "direct" };
}

/** A part of a message's content. */
export type ContentBlock = TextBlock | ThinkingBlock | ToolUseBlock;

export const textBlock = (): TextBlock => ({ type: "text", text: "", citations: null });

export const thinkingBlock = (): ThinkingBlock => ({ type: "thinking", thinking: "", signature: "" });

export const toolUseBlock = (id: string, name: string): ToolUseBlock => ({
  type: "tool_use",
  id,
  name,
  input: {},
  caller: { type: "direct" },
});
