import type { GrammarSpec } from "@helium-lm/helium";
import type { ToolDefinition } from "../chat-request.ts";
import { closeObjects } from "../../generation/close-objects.ts";

/** Keywords that say nothing of which arguments there are. */
const sayNothing: ReadonlySet<string> = new Set(["type", "title", "description", "$schema", "required"]);

/**
 * The arguments of a call, by the tool's schema. Where the model is free to call, and the tool is not strict, a schema that cannot
 * be enforced asks for an object alone; else it is an error that has the schema's field.
 */
export function argumentsSpec(tool: ToolDefinition, index: number, isForced: boolean): GrammarSpec {
  const { parameters, strict } = tool;
  const object = "type" in parameters ? parameters : { ...parameters, type: "object" };
  // A tool that names no arguments has none.
  const schema = Object.keys(object).every((key) => sayNothing.has(key)) ? { ...object, properties: {} } : object;
  return {
    json: closeObjects(schema),
    whitespace: "spaced",
    field: tool.field ?? `tools.${index}.function.parameters`,
    ...(!isForced && !strict && { fallback: { json: { type: "object" }, whitespace: "spaced" } }),
  };
}
