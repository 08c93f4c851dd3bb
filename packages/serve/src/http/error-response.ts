import type { Context } from "hono";
import { anthropicError } from "../anthropic/anthropic-error.ts";
import type { ApiError } from "../errors.ts";

/** The body of an error as OpenAI's API gives it: all four keys are always there. */
export const errorBody = ({ message, type, param, code }: ApiError): { readonly error: Record<string, unknown> } => ({
  error: { message, type, param, code },
});

/** Writes errors in the words of the API that the path belongs to. */
const bodyFor = (path: string, error: ApiError, requestId: string): unknown => {
  // Ollama's clients show `error` as it is.
  if (path.startsWith("/api/")) return { error: error.message };
  // Anthropic's clients look at the outer type.
  if (path.startsWith("/v1/messages")) return anthropicError(error, requestId);
  return errorBody(error);
};

/** The response of a request that failed. */
export function errorResponse(c: Context, error: ApiError, requestId: string): Response {
  if (error.retryAfter !== null) c.header("retry-after", String(error.retryAfter));
  if (error.status === 401) c.header("www-authenticate", "Bearer");
  return c.json(bodyFor(c.req.path, error, requestId) as Record<string, unknown>, error.status);
}
