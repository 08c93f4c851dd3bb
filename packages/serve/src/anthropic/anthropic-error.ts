import type { ApiError, ApiErrorType } from "../errors.ts";

/** Anthropic's names of the kinds of failure. */
const types: Readonly<Record<ApiErrorType, string>> = {
  invalid_request_error: "invalid_request_error",
  authentication_error: "authentication_error",
  permission_error: "permission_error",
  not_found_error: "not_found_error",
  rate_limit_error: "rate_limit_error",
  service_unavailable_error: "overloaded_error",
  timeout_error: "timeout_error",
  server_error: "api_error",
};

/** The body of an error as Anthropic's API gives it, with the field at fault. */
export const anthropicError = (
  { type, status, message, param, code }: ApiError,
  requestId: string,
): Readonly<Record<string, unknown>> => ({
  type: "error",
  error: { type: status === 413 ? "request_too_large" : types[type], message, param, code },
  request_id: requestId,
});
