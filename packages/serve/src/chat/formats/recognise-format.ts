import type { ToolCallFormat } from "./tool-call-format.ts";
import { toolCallFormats } from "./tool-call-formats.ts";

/** The format of calls that a chat template shows; null for one that knows no tools, or has a format that is not known. */
export function recogniseFormat(template: string): ToolCallFormat | null {
  if (!/\btools\b|tool_calls/.test(template)) return null;
  return (
    toolCallFormats.find(({ signs }) => signs.some((texts) => texts.every((text) => template.includes(text)))) ?? null
  );
}
