import { z } from "@hono/zod-openapi";
import type { ChatRequest, ToolDefinition } from "../chat/chat-request.ts";
import { invalidRequest } from "../errors.ts";
import { parsePart } from "../http/invalid-body.ts";

const definition = z.looseObject({
  name: z.string().min(1).max(128),
  description: z.string().nullish(),
  parameters: z.record(z.string(), z.unknown()).nullish(),
  strict: z.boolean().nullish(),
});

const named = z.looseObject({ name: z.string() });
const namedTool = z.looseObject({ type: z.string().nullish(), function: named });

/** Fields of a body that are about tools, the older ones too. */
export const toolFields = {
  tools: z.array(z.looseObject({ type: z.string(), function: definition.optional() })).nullish(),
  tool_choice: z
    .union([z.string(), z.looseObject({ type: z.string() })])
    .nullish()
    .openapi({ description: "none, auto, required, a function, or allowed_tools" }),
  parallel_tool_calls: z.boolean().nullish(),
  functions: z.array(definition).nullish().openapi({ description: "The older form of tools" }),
  function_call: z.union([z.string(), named]).nullish().openapi({ description: "The older form of tool_choice" }),
} as const;

type ToolBody = { readonly [Key in keyof typeof toolFields]?: z.infer<(typeof toolFields)[Key]> };

/** Tools, and what the model may do with them. @throws ApiError */
export function readTools(body: ToolBody): Pick<ChatRequest, "tools" | "toolChoice"> {
  const isOld = usesFunctions(body);
  if (body.functions && body.tools) throw invalidRequest("functions", "cannot stand beside tools; give tools only");
  const tools = isOld ? (body.functions ?? []).map(toolOf) : (body.tools ?? []).map(functionOf);
  const twice = tools.find(({ name }, at) => tools.findIndex((other) => other.name === name) < at);
  if (twice)
    throw invalidRequest(isOld ? "functions" : "tools", `has "${twice.name}" twice; give each a name of its own`);
  return isOld ? oldChoice(tools, body.function_call ?? "auto") : choiceOf(tools, body.tool_choice ?? "auto");
}

/** Whether the body speaks of functions in the older form, so that the answer does. */
export const usesFunctions = ({ functions, tools }: ToolBody): boolean => Boolean(functions) && !tools;

const toolOf = ({ name, description, parameters, strict }: z.infer<typeof definition>): ToolDefinition => ({
  name,
  description: description ?? null,
  parameters: parameters ?? { type: "object", properties: {} },
  strict: strict ?? false,
});

function functionOf(tool: NonNullable<ToolBody["tools"]>[number], at: number): ToolDefinition {
  if (tool.type !== "function")
    throw invalidRequest(`tools.${at}.type`, `is "${tool.type}", but tools of the type function are known only`, {
      code: "unsupported_value",
    });
  if (!tool.function) throw invalidRequest(`tools.${at}.function`, "is missing; give its name and parameters");
  return toolOf(tool.function);
}

type Choice = Pick<ChatRequest, "tools" | "toolChoice">;

function choiceOf(tools: readonly ToolDefinition[], choice: NonNullable<ToolBody["tool_choice"]>): Choice {
  if (choice === "none" || choice === "auto") return { tools, toolChoice: choice };
  if (tools.length === 0) throw invalidRequest("tool_choice", "asks for a call, but there are no tools; give tools");
  if (choice === "required") return { tools, toolChoice: "required" };
  if (typeof choice === "string")
    throw invalidRequest("tool_choice", `is "${choice}"; expected none, auto, required or a function`);
  if (choice.type === "function")
    return {
      tools,
      toolChoice: [known(tools, parsePart(namedTool, choice, ["tool_choice"]).function.name, "tool_choice")],
    };
  if (choice.type === "allowed_tools") return allowedTools(tools, choice["allowed_tools"]);
  throw invalidRequest("tool_choice.type", `is "${choice.type}"; expected function or allowed_tools`);
}

const allowed = z.looseObject({ mode: z.enum(["auto", "required"]), tools: z.array(namedTool).min(1) });

function allowedTools(tools: readonly ToolDefinition[], given: unknown): Choice {
  const field = "tool_choice.allowed_tools";
  const { mode, tools: subset } = parsePart(allowed, given, field.split("."));
  const names = subset.map((tool) => known(tools, tool.function.name, field));
  if (mode === "required") return { tools, toolChoice: names };
  return { tools: tools.filter(({ name }) => names.includes(name)), toolChoice: "auto" };
}

function oldChoice(tools: readonly ToolDefinition[], choice: NonNullable<ToolBody["function_call"]>): Choice {
  if (choice === "none" || choice === "auto") return { tools, toolChoice: choice };
  if (typeof choice === "string")
    throw invalidRequest("function_call", `is "${choice}"; expected none, auto or { "name": … }`);
  return { tools, toolChoice: [known(tools, choice.name, "function_call")] };
}

function known(tools: readonly ToolDefinition[], name: string, field: string): string {
  if (tools.some((tool) => tool.name === name)) return name;
  const names = tools.map((tool) => tool.name);
  throw invalidRequest(field, `names "${name}", but the tools are ${names.join(", ") || "none"}; choose one of them`, {
    details: { given: name, known: names },
  });
}
