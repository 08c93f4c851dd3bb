import { errorBody } from "../http/error-response.ts";
import { eventStream, type ServerEvent } from "../http/event-stream.ts";
import type { RequestWork } from "../http/request-work.ts";

const done: ServerEvent = { data: "[DONE]" };

/** Chunks as OpenAI's API streams them: one event each, and `[DONE]` behind the last, or behind what went wrong. */
export function openaiStream(chunks: AsyncIterable<unknown>, work: RequestWork): Promise<Response> {
  return eventStream(eventsOf(chunks), {
    onClose: () => work.close(),
    onError: (error) => [{ data: errorBody(work.failed(error)) }, done],
  });
}

async function* eventsOf(chunks: AsyncIterable<unknown>): AsyncGenerator<ServerEvent, void, undefined> {
  for await (const data of chunks) yield { data };
  yield done;
}
