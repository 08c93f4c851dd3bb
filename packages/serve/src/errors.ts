import { HeliumLmError } from "@helium-lm/tensor";

/** Kinds of failure, as OpenAI's API names them in `error.type`. */
export type ApiErrorType =
  | "invalid_request_error"
  | "authentication_error"
  | "permission_error"
  | "not_found_error"
  | "rate_limit_error"
  | "service_unavailable_error"
  | "timeout_error"
  | "server_error";

export interface ApiProblem {
  readonly status: 400 | 401 | 403 | 404 | 405 | 408 | 413 | 415 | 429 | 500 | 501 | 503 | 504 | 507;
  readonly type: ApiErrorType;
  /** A word that programs compare, such as "context_length_exceeded"; null: none. */
  readonly code?: string | null;
  /** The field of the request that is at fault; null: the request as a whole. */
  readonly param?: string | null;
  /** Seconds after which the request may be sent again, for the header Retry-After. */
  readonly retryAfter?: number;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** A request that gets no answer but an error: what the response says of it. */
export class ApiError extends HeliumLmError {
  readonly status: ApiProblem["status"];
  readonly type: ApiErrorType;
  readonly code: string | null;
  readonly param: string | null;
  readonly retryAfter: number | null;

  constructor(subject: string, message: string, problem: ApiProblem, options?: ErrorOptions) {
    super(subject, message, problem.details ?? {}, options);
    this.status = problem.status;
    this.type = problem.type;
    this.code = problem.code ?? null;
    this.param = problem.param ?? null;
    this.retryAfter = problem.retryAfter ?? null;
  }
}

/** A field of the request that cannot be taken: 400. */
export const invalidRequest = (
  param: string,
  message: string,
  { code = null, details = {} }: { readonly code?: string | null; readonly details?: ApiProblem["details"] } = {},
  options?: ErrorOptions,
): ApiError =>
  new ApiError(param, message, { status: 400, type: "invalid_request_error", param, code, details }, options);

/** A model that this server does not have: 404. */
export const modelNotFound = (model: string, known: readonly string[]): ApiError =>
  new ApiError("model", `"${model}" is not served here; choose one of ${known.join(", ") || "none"}`, {
    status: 404,
    type: "not_found_error",
    code: "model_not_found",
    param: "model",
    details: { given: model, known },
  });
