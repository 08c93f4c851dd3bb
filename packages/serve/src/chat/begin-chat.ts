import { newTokensOf, type RoomFields } from "../generation/new-tokens.ts";
import { streamWork, type RequestWork } from "../http/request-work.ts";
import type { ServeContext, ServerContext } from "../http/serve-app.ts";
import type { ServedModel } from "../models/served-model.ts";
import type { ChatRequest } from "./chat-request.ts";
import { prepareChat, type PreparedChat } from "./prepare-chat.ts";
import { runChat, type ChatRun } from "./run-chat.ts";

/** Answers under way. Whoever has them closes `work` when they are written. */
export interface BegunChat {
  readonly work: RequestWork;
  readonly request: ChatRequest;
  readonly prepared: PreparedChat;
  readonly run: ChatRun;
}

export interface ChatOpening {
  /** The model's name as the body has it. */
  readonly modelName: string | null | undefined;
  readonly read: (model: ServedModel) => ChatRequest;
  /** What the API calls the conversation and the limit of new tokens. */
  readonly fields: RoomFields;
  /** More new tokens than the context has room for are a limit that is not reached, instead of an error. */
  readonly mayFillContext?: boolean;
  /** Longest text, where it is to be shorter than the model's context. */
  readonly contextLimit?: number | null;
  /** How the prompt is made; default: by the chat template. */
  readonly prepare?: (request: ChatRequest, signal: AbortSignal) => Promise<PreparedChat>;
}

/** From a body to the answers to it: model, prompt, place and run. @throws ApiError, and what templates throw */
export async function beginChat(
  c: ServeContext,
  context: ServerContext,
  { modelName, read, fields, mayFillContext = false, contextLimit = null, prepare = prepareChat }: ChatOpening,
): Promise<BegunChat> {
  return streamWork(c, context, modelName, async (work) => {
    const given = read(work.model);
    const prepared = await prepare(given, work.signal);
    const { promptIds } = prepared;
    const contextLength = Math.min(work.model.contextLength, contextLimit ?? Infinity);
    const room = Math.max(1, contextLength - promptIds.length);
    const asked = mayFillContext && (given.maxTokens ?? 0) > room ? room : given.maxTokens;
    const maxTokens = newTokensOf({ model: { contextLength }, promptIds, maxTokens: asked }, fields);
    const request = { ...given, maxTokens };
    await work.admit(request.n);
    return { work, request, prepared, run: runChat(request, prepared, work.signal) };
  });
}
