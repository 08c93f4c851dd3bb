import { ApiError } from "../errors.ts";

export interface BodyLimits {
  /** Bytes at most. */
  readonly limit: number;
  /** Milliseconds in which it must be there. */
  readonly ms: number;
}

/**
 * The body of a request. One that is too large is not read on, whether it says its length or not.
 *
 * @throws ApiError 413 and, where it takes too long to come, 408
 */
export async function bodyBytes(request: Request, { limit, ms }: BodyLimits): Promise<Uint8Array> {
  const stated = request.headers.get("content-length");
  if (stated !== null && Number(stated) > limit) throw tooLarge(limit);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tooSlow(ms)), ms);
  });
  // HTTP/1.1 ends a body with its stated length; without one its end is not known.
  const isBounded = stated !== null && !request.headers.has("transfer-encoding");
  const read = isBounded ? request.arrayBuffer().then((buffer) => new Uint8Array(buffer)) : pieces(request, limit);
  try {
    return await Promise.race([read, late]);
  } catch (error) {
    read.catch(() => undefined);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function pieces({ body }: Request, limit: number): Promise<Uint8Array> {
  if (!body) return new Uint8Array();
  const reader = (body as ReadableStream<Uint8Array>).getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    size += part.value.byteLength;
    if (size > limit) {
      void reader.cancel().catch(() => undefined);
      throw tooLarge(limit);
    }
    parts.push(part.value);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}

const tooLarge = (limit: number): ApiError =>
  new ApiError("body", `is larger than the ${limit} bytes that this server takes; send less`, {
    status: 413,
    type: "invalid_request_error",
    code: "body_too_large",
    details: { limit },
  });

const tooSlow = (ms: number): ApiError =>
  new ApiError("body", `was not complete after ${Math.round(ms)} ms; send it faster`, {
    status: 408,
    type: "timeout_error",
    code: "body_timeout",
    details: { ms },
  });
