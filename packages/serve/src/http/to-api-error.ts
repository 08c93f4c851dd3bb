import {
  CancelledError,
  ChatTemplateError,
  ChatTemplateLimitError,
  GenerationError,
  GrammarError,
  HeadError,
  InputError,
  LogitsError,
  TokenizerError,
  UnsupportedGrammarError,
} from "@helium-lm/helium";
import { DisposedError } from "@helium-lm/tensor";
import { HTTPException } from "hono/http-exception";
import { ApiError } from "../errors.ts";

/**
 * What a response says of any failure. What the request is to blame for is a 400 with the library's own words; of other failures
 * the client learns no more than that there was one.
 */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const cause = { cause: error };
  if (error instanceof UnsupportedGrammarError)
    return grammarProblem(error, "unsupported_schema", `${error.message} (keyword ${JSON.stringify(error.keyword)})`);
  if (error instanceof GrammarError) return grammarProblem(error, "invalid_schema", error.message);
  if (error instanceof ChatTemplateLimitError || error instanceof ChatTemplateError)
    return badRequest(error.message, { param: "messages", code: null, error });
  if (error instanceof TokenizerError) return badRequest(error.message, { param: error.field, code: null, error });
  if (error instanceof HeadError)
    return badRequest(error.message, { param: "model", code: "unsupported_model", error });
  if (error instanceof LogitsError) return internal(error);
  if (error instanceof GenerationError || error instanceof InputError)
    return badRequest(error.message, { param: error.subject, code: null, error });
  if (error instanceof CancelledError || (error instanceof DOMException && error.name === "AbortError"))
    return new ApiError("request", "was cancelled by the client", { status: 408, type: "timeout_error" }, cause);
  if (error instanceof DOMException && error.name === "TimeoutError")
    return new ApiError(
      "request",
      "took longer than allowed; ask for less",
      { status: 408, type: "timeout_error" },
      cause,
    );
  if (error instanceof DisposedError)
    return new ApiError(
      "server",
      "has unloaded this model; ask again",
      { status: 503, type: "service_unavailable_error", retryAfter: 1 },
      cause,
    );
  if (error instanceof HTTPException && error.status < 500)
    return new ApiError(
      "request",
      error.message || "cannot be read",
      { status: error.status as 400, type: "invalid_request_error" },
      cause,
    );
  return internal(error);
}

const badRequest = (
  message: string,
  {
    param,
    code,
    error,
  }: { readonly param: string; readonly code: string | null; readonly error: { readonly subject: string } },
): ApiError =>
  // The library's message begins with its subject, as the new one does.
  new ApiError(
    error.subject,
    message.startsWith(`${error.subject}: `) ? message.slice(error.subject.length + 2) : message,
    { status: 400, type: "invalid_request_error", param, code },
    { cause: error },
  );

/** The field of the request that has the grammar, and what is wrong where in it. */
function grammarProblem(error: GrammarError, code: string, message: string): ApiError {
  const param = error.field ?? "response_format";
  return new ApiError(
    param,
    message.startsWith(`${param}: `) ? message.slice(param.length + 2) : message,
    { status: 400, type: "invalid_request_error", param, code, details: error.details },
    { cause: error },
  );
}

const internal = (error: unknown): ApiError =>
  new ApiError(
    "server",
    "failed to answer this request; its log has the reason, under the id of the header x-request-id",
    { status: 500, type: "server_error", code: "internal_error" },
    { cause: error },
  );
