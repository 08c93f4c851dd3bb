import { invalidRequest } from "../errors.ts";

/** The arguments of a call as the APIs of OpenAI write them, a JSON text. @throws ApiError for what is not a JSON object */
export function readArguments(text: string, param: string): Readonly<Record<string, unknown>> {
  if (text.trim() === "") return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalidRequest(param, "is not JSON; give the arguments as they were written", {}, { cause: error });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw invalidRequest(param, "is not a JSON object; give the arguments by their names");
  return value as Record<string, unknown>;
}
