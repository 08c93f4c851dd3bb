import { z } from "@hono/zod-openapi";
import type { ChatRequest, ToolDefinition } from "../chat/chat-request.ts";
import { invalidRequest } from "../errors.ts";
import { parsePart } from "../http/invalid-body.ts";
import type { InputBody } from "./response-body.ts";

const functionTool = z.object({
  name: z.string().min(1),
  description: z.string().nullish(),
  parameters: z.record(z.string(), z.unknown()).nullish(),
  strict: z.boolean().nullish(),
});

const named = z.object({ name: z.string() });
const allowed = z.object({
  mode: z.enum(["auto", "required"]),
  tools: z.array(z.looseObject({ type: z.string(), name: z.string() })).min(1),
});

/** Tools and what the model may do with them. @throws ApiError for tools that only their maker's servers run */
export function readTools({
  tools: given,
  tool_choice: choice,
}: Pick<InputBody, "tools" | "tool_choice">): Pick<ChatRequest, "tools" | "toolChoice"> {
  const tools = (given ?? []).map((tool, at): ToolDefinition => {
    if (tool.type !== "function")
      throw invalidRequest(`tools.${at}.type`, `"${tool.type}" is not known here; give tools of type "function"`, {
        code: "unsupported_value",
      });
    const { name, description, parameters, strict } = parsePart(functionTool, tool, ["tools", at]);
    return {
      name,
      description: description ?? null,
      parameters: parameters ?? {},
      strict: strict ?? false,
      field: `tools.${at}.parameters`,
    };
  });
  if (choice === null || choice === undefined) return { tools, toolChoice: "auto" };
  if (typeof choice === "string") return { tools, toolChoice: choice };
  if (choice.type === "function") return { tools, toolChoice: [parsePart(named, choice, ["tool_choice"]).name] };
  if (choice.type !== "allowed_tools")
    throw invalidRequest(
      "tool_choice.type",
      `"${choice.type}" is not known here; give "function" or "allowed_tools", or one of "none", "auto" and "required"`,
      { code: "unsupported_value" },
    );
  const { mode, tools: subset } = parsePart(allowed, choice, ["tool_choice"]);
  const names = subset.map(({ name }) => name);
  if (mode === "required") return { tools, toolChoice: names };
  return { tools: tools.filter(({ name }) => names.includes(name)), toolChoice: "auto" };
}
