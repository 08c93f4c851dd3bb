import { expect, test } from "vitest";
import { ApiError, type ApiErrorType, type ApiProblem } from "../errors.ts";
import { anthropicError } from "./anthropic-error.ts";

test.each<readonly [ApiErrorType, ApiProblem["status"], string]>([
  ["invalid_request_error", 400, "invalid_request_error"],
  ["invalid_request_error", 413, "request_too_large"],
  ["authentication_error", 401, "authentication_error"],
  ["permission_error", 403, "permission_error"],
  ["not_found_error", 404, "not_found_error"],
  ["rate_limit_error", 429, "rate_limit_error"],
  ["service_unavailable_error", 503, "overloaded_error"],
  ["timeout_error", 408, "timeout_error"],
  ["server_error", 500, "api_error"],
])("%s with status %i is Anthropic's %s", (type, status, told) => {
  const error = new ApiError("field", "is odd", { status, type, param: "field" });
  expect(anthropicError(error, "req-1")).toEqual({
    type: "error",
    error: { type: told, message: "field: is odd", param: "field", code: null },
    request_id: "req-1",
  });
});
