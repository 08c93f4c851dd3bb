import { createRoute, z } from "@hono/zod-openapi";
import type { CompletionEvent, CompletionRequest } from "../generation/completion.ts";
import { fillInMiddlePrompt } from "../generation/fill-in-middle.ts";
import { runCompletion } from "../generation/run-completion.ts";
import { samplingFields, samplingOf, stopFields, stopsOf } from "../generation/sampling-fields.ts";
import { errorBody } from "../http/error-response.ts";
import { eventStream, type ServerEvent } from "../http/event-stream.ts";
import { streamWork, withWork, type RequestWork } from "../http/request-work.ts";
import type { RouteModule } from "../http/serve-app.ts";

const request = z
  .looseObject({
    model: z.string().nullish(),
    input_prefix: z.string().openapi({ description: "The text before the gap" }),
    input_suffix: z.string().openapi({ description: "The text behind it" }),
    input_extra: z
      .array(z.object({ filename: z.string().default("tmp"), text: z.string() }))
      .nullish()
      .openapi({ description: "Other files that the model may look at" }),
    prompt: z.string().nullish().openapi({ description: "What the middle begins with" }),
    n_predict: z
      .int()
      .min(-1)
      .nullish()
      .openapi({ description: "New tokens at most; −1 (default): as the context allows" }),
    ...samplingFields,
    ...stopFields,
    stream: z.boolean().nullish(),
  })
  .openapi("InfillRequest");

const response = z
  .object({
    index: z.int(),
    content: z.string(),
    tokens: z.array(z.int()),
    stop: z.boolean(),
    stop_type: z.enum(["none", "eos", "limit", "word"]),
    stopping_word: z.string(),
    model: z.string(),
    tokens_predicted: z.int(),
    tokens_evaluated: z.int(),
    tokens_cached: z.int(),
    truncated: z.literal(false),
  })
  .openapi("InfillResponse");

const route = createRoute({
  method: "post",
  path: "/infill",
  tags: ["llama-server"],
  summary: "The text in a gap, by a model for code",
  request: { body: { required: true, content: { "application/json": { schema: request } } } },
  responses: {
    200: {
      description: "The text, or with `stream` parts of it as server-sent events",
      content: { "application/json": { schema: response }, "text/event-stream": { schema: z.string() } },
    },
  },
});

type Body = z.infer<typeof request>;
type Answer = z.infer<typeof response>;

/** `/infill` of llama-server, for vocabularies with tokens for this. */
export const infillRoutes: RouteModule = (app, context) => {
  app.openapi(route, (c) => {
    const body = c.req.valid("json");
    const work = body.stream === true ? streamWork : withWork;
    return work(c, context, body.model, async (open) => {
      const completion = await completionOf(body, open, c.get("cacheSalt"));
      await open.admit(1);
      const parts = partsOf(completion, open);
      return body.stream === true
        ? eventStream(streamed(parts), {
            onClose: open.close,
            onError: (error) => [{ data: errorBody(open.failed(error)) }],
          })
        : c.json(await joined(parts), 200);
    });
  });
};

/** All pieces as one answer. */
async function joined(parts: AsyncIterable<Answer>): Promise<Answer> {
  let [content, tokens, last]: [string, number[], Answer | null] = ["", [], null];
  for await (const part of parts) {
    content += part.content;
    tokens = [...tokens, ...part.tokens];
    last = part;
  }
  return { ...(last as Answer), content, tokens };
}

async function completionOf(body: Body, { model, signal }: RequestWork, cacheSalt: string): Promise<CompletionRequest> {
  const gap = {
    prefix: body.input_prefix,
    suffix: body.input_suffix,
    ...(body.prompt && { middle: body.prompt }),
    ...(body.input_extra && { files: body.input_extra }),
  };
  const { n_predict: most } = body;
  return {
    model,
    promptIds: await fillInMiddlePrompt(model, gap, { param: "input_suffix", signal }),
    n: 1,
    maxTokens: most === undefined || most === null || most < 0 ? null : most,
    sampling: samplingOf(body, model),
    stop: stopsOf(body.stop),
    includeStop: body.include_stop_str_in_output ?? false,
    logprobs: null,
    grammar: null,
    shownSpecialIds: new Set(),
    cacheSalt,
    engineOptions: {},
  };
}

/** The answer piece by piece; the last piece says how it ended. */
async function* partsOf(completion: CompletionRequest, { model, signal }: RequestWork): AsyncGenerator<Answer> {
  const run = runCompletion(completion, signal);
  for await (const event of run.events) {
    const { promptTokens, cachedTokens, completionTokens } = run.usage;
    yield {
      index: 0,
      content: event.kind === "text" ? event.text : "",
      tokens: event.tokens.map(({ id }) => id),
      stop: event.kind === "end",
      ...endOf(event),
      model: model.id,
      tokens_predicted: completionTokens,
      tokens_evaluated: promptTokens,
      tokens_cached: cachedTokens,
      truncated: false,
    };
  }
}

function endOf(event: CompletionEvent): Pick<Answer, "stop_type" | "stopping_word"> {
  if (event.kind === "text") return { stop_type: "none", stopping_word: "" };
  if (event.finishReason === "length") return { stop_type: "limit", stopping_word: "" };
  return typeof event.stop === "string"
    ? { stop_type: "word", stopping_word: event.stop }
    : { stop_type: "eos", stopping_word: "" };
}

async function* streamed(parts: AsyncIterable<Answer>): AsyncGenerator<ServerEvent> {
  for await (const data of parts) yield { data };
}
