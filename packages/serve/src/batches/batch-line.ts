import { HeliumLmError } from "@helium-lm/tensor";
import { jsonDepth } from "../middleware/json-depth.ts";

/** Routes that lines of a batch may ask: those that answer in one piece and change nothing. */
export const batchUrls = [
  "/v1/chat/completions",
  "/v1/completions",
  "/v1/responses",
  "/v1/embeddings",
  "/v1/classify",
  "/v1/tag",
] as const;

export type BatchUrl = (typeof batchUrls)[number];

/** A request of a batch, as a line of OpenAI's batch files has it. */
export interface BatchLine {
  /** By which its answer is found; no other line of the batch has it. */
  readonly custom_id: string;
  readonly method: "POST";
  readonly url: BatchUrl;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What is wrong with a line or a file, in the words of a batch's `errors.data`. */
export interface BatchProblem {
  /** A word that programs compare, OpenAI's where it has one: "invalid_json_line". */
  readonly code: string;
  readonly message: string;
  /** The field of the line at fault. */
  readonly param: string | null;
}

/** A line that is no request of a batch. */
export class BatchLineError extends HeliumLmError {
  readonly code: string;
  readonly param: string | null;

  constructor(subject: string, message: string, code: string, details: Readonly<Record<string, unknown>> = {}) {
    super(subject, message, details);
    this.code = code;
    this.param = subject === LINE ? null : subject;
  }

  get problem(): BatchProblem {
    return { code: this.code, message: this.message, param: this.param };
  }
}

const LINE = "line";

/** OpenAI's is 64; long paths and hashes fit in too. */
const LONGEST_ID = 512;

/** Arrays and objects within each other: those of a body, and the line itself. */
const DEEPEST = 257;

/**
 * Reads a line of a batch file.
 *
 * @throws BatchLineError
 * @example
 * const body = { model: "helium-nano", messages: [{ role: "user", content: "Hello!" }] };
 * const line = parseBatchLine(JSON.stringify({ custom_id: "1", method: "POST", url: "/v1/chat/completions", body }));
 * console.log(line.custom_id); // 1
 */
export function parseBatchLine(text: string): BatchLine {
  if (jsonDepth(text) > DEEPEST)
    throw new BatchLineError(LINE, `is nested more than ${DEEPEST} levels deep; make it flatter`, "invalid_json_line");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own message quotes the text.
    throw new BatchLineError(LINE, "is not JSON; write one object in each line", "invalid_json_line");
  }
  return readBatchLine(value);
}

/** The request that a value is. @throws BatchLineError */
export function readBatchLine(value: unknown): BatchLine {
  if (!isObject(value))
    throw new BatchLineError(LINE, `is ${kindOf(value)}; expected {"custom_id", "method", "url", "body"}`, INVALID);
  const { custom_id, method = "POST", url, body } = value;
  if (typeof custom_id !== "string" || custom_id === "")
    throw missing("custom_id", custom_id, "a text by which you find the answer");
  if (custom_id.length > LONGEST_ID)
    throw new BatchLineError(
      "custom_id",
      `has ${custom_id.length} characters; ${LONGEST_ID} are allowed`,
      "invalid_custom_id",
      { given: custom_id.length, limit: LONGEST_ID },
    );
  if (method !== "POST")
    throw new BatchLineError("method", `is ${quote(method)}; expected "POST"`, "invalid_method", { given: method });
  const known = batchUrls.find((each) => each === url);
  if (known === undefined) {
    if (typeof url !== "string") throw missing("url", url, `one of ${batchUrls.join(", ")}`);
    throw new BatchLineError("url", `is ${quote(url)}; expected one of ${batchUrls.join(", ")}`, "invalid_url", {
      given: url,
      expected: batchUrls,
    });
  }
  if (!isObject(body)) throw missing("body", body, "the request, an object");
  if (body["stream"] === true)
    throw new BatchLineError(
      "body.stream",
      "is true, and the answer of a batch is one piece; leave it out",
      "invalid_request",
    );
  return { custom_id, method, url: known, body };
}

const INVALID = "invalid_request";

const missing = (param: string, given: unknown, expected: string): BatchLineError =>
  given === undefined
    ? new BatchLineError(param, `is missing; give ${expected}`, "missing_required_parameter")
    : new BatchLineError(param, `is ${given === "" ? "empty" : kindOf(given)}; expected ${expected}`, INVALID);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const kindOf = (value: unknown): string =>
  value === null ? "null" : Array.isArray(value) ? "a list" : isObject(value) ? "an object" : `a ${typeof value}`;

/** What was given, in few characters. */
const quote = (value: unknown): string =>
  typeof value === "string" ? JSON.stringify(value.slice(0, 80)) : kindOf(value);
