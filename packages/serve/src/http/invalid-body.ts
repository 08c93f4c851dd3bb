import type { ZodError, ZodType } from "zod";
import { invalidRequest, type ApiError } from "../errors.ts";

/** The first thing that is wrong with a body, by the name of its field. */
export function invalidBody(error: ZodError, path: readonly PropertyKey[] = []): ApiError {
  const [issue] = error.issues;
  const param = [...path, ...(issue?.path ?? [])].map(String).join(".");
  return invalidRequest(param || "body", issue?.message ?? "is not what was expected", {
    details: { issues: error.issues.length },
  });
}

/** A part of a body whose form depends on another part. @throws ApiError that names the field within the whole body */
export function parsePart<T>(schema: ZodType<T>, value: unknown, path: readonly PropertyKey[]): T {
  const result = schema.safeParse(value);
  if (!result.success) throw invalidBody(result.error, path);
  return result.data;
}
