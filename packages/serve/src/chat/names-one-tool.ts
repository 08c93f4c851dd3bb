/** Whether a `tool_choice` names the tool that is to be called: OpenAI and vLLM give one call then. */
export const namesOneTool = (choice: unknown): boolean =>
  typeof choice === "object" && choice !== null && "type" in choice && choice.type === "function";
