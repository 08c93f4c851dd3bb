import type { TypedResponse } from "hono";
import { beginChat, type ChatOpening } from "../chat/begin-chat.ts";
import type { ChatRequest } from "../chat/chat-request.ts";
import type { ChatRun } from "../chat/run-chat.ts";
import { ratedTextTokens } from "../generation/rated-tokens.ts";
import { TokenNames } from "../generation/token-names.ts";
import { eventStream, jsonLine, type ServerEvent } from "../http/event-stream.ts";
import type { ServeContext, ServerContext } from "../http/serve-app.ts";
import type { ServedModel } from "../models/served-model.ts";

import { AnswerParts, emptyPart, joinParts, type AnswerPart } from "./answer-parts.ts";
import { servedName } from "./model-name.ts";
import { readOptions, type OllamaOptions, type ReadOptions } from "./options.ts";
import { Stopwatch } from "./stopwatch.ts";

/** A line of a stream, or the one answer. */
export type Line = Readonly<Record<string, unknown>>;

export interface AnswerForm extends Pick<ChatOpening, "prepare"> {
  readonly model: string | null | undefined;
  /** Milliseconds that the model stays in memory afterwards; null: the server's own time. */
  readonly keepMs: number | null;
  readonly options: OllamaOptions | null | undefined;
  readonly isStream: boolean;
  readonly read: (model: ServedModel, options: ReadOptions, cacheSalt: string) => ChatRequest;
  /** What the API calls the prompt. */
  readonly promptField: string;
  /** How a piece of the answer is written. */
  readonly write: (part: AnswerPart) => Line;
}

/** An answer in one piece. */
export interface WholeAnswer extends Line {
  readonly model: string;
  readonly done: boolean;
}

/** Hono's types take lines of JSON for JSON, by the name of their content type. */
type StreamedLines = Response & TypedResponse<string, 200, "json">;

/** Has a request answered: a response with lines of JSON as they come, or the whole. */
export async function answer(
  c: ServeContext,
  context: ServerContext,
  form: AnswerForm,
): Promise<StreamedLines | WholeAnswer> {
  const watch = new Stopwatch(() => c.get("record").ms);
  const { model: name, keepMs, options, isStream, read, promptField: prompt, write, prepare } = form;
  // A limit that the context has no room for is not reached; only a prompt that is too long is refused.
  const modelName = servedName(context.registry, name);
  if (keepMs !== null) context.registry.keep(modelName, keepMs);
  const { work, request, run } = await beginChat(c, context, {
    modelName,
    read: (model) => {
      watch.loaded();
      return read(model, readOptions(options, model), c.get("cacheSalt"));
    },
    fields: { prompt, maxTokens: "options.num_predict" },
    mayFillContext: true,
    contextLimit: options?.num_ctx ?? null,
    ...(prepare && { prepare }),
  });
  watch.begun();
  const names = new TokenNames(work.model);
  const writeLine = (part: AnswerPart): WholeAnswer => ({
    ...headOf(name),
    ...write(part),
    done: false,
    ...(request.logprobs !== null && { logprobs: ratedTextTokens(part.tokens, request.logprobs, names) }),
  });
  const pieces = piecesOf(run, watch);
  if (isStream)
    return (await eventStream(lines(pieces, writeLine), {
      onClose: work.close,
      onError: (error) => [{ data: { error: work.failed(error).message } }],
      encode: jsonLine,
      contentType: "application/x-ndjson",
    })) as StreamedLines;
  try {
    const parts: AnswerPart[] = [];
    let end: Line | null = null;
    for await (const piece of pieces) {
      parts.push(piece.part);
      end = piece.end;
    }
    return { ...writeLine(joinParts(parts)), ...end };
  } finally {
    work.close();
  }
}

/** The answer to a request that has no prompt: it loads the model, or frees it. */
export async function answerWithoutPrompt(
  { registry }: ServerContext,
  { model, keepMs, write }: Pick<AnswerForm, "model" | "keepMs" | "write">,
): Promise<WholeAnswer> {
  const name = servedName(registry, model);
  const frees = keepMs === 0;
  if (keepMs !== null && !frees) registry.keep(name, keepMs);
  if (frees && registry.has(name)) registry.unload(name);
  else (await registry.acquire(name)).release();
  return { ...headOf(model), ...write(emptyPart), done: true, done_reason: frees ? "unload" : "load" };
}

const headOf = (model: string | null | undefined): { readonly model: string; readonly created_at: string } => ({
  model: model ?? "",
  created_at: new Date().toISOString(),
});

interface Piece {
  readonly part: AnswerPart;
  /** What the last piece says of the whole; null before. */
  readonly end: Line | null;
}

async function* piecesOf(run: ChatRun, watch: Stopwatch): AsyncGenerator<Piece, void, undefined> {
  const parts = new AnswerParts();
  for await (const event of run.events) {
    watch.first();
    for (const part of parts.push(event)) yield { part, end: null };
    if (event.kind !== "end") continue;
    const reason = event.finishReason === "length" ? "length" : "stop";
    yield { part: emptyPart, end: { done: true, done_reason: reason, ...watch.totals(run.usage) } };
  }
}

async function* lines(
  pieces: AsyncIterable<Piece>,
  write: (part: AnswerPart) => Line,
): AsyncGenerator<ServerEvent, void, undefined> {
  for await (const { part, end } of pieces) yield { data: { ...write(part), ...end } };
}
