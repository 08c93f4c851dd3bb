import { createRoute, z } from "@hono/zod-openapi";
import { invalidRequest } from "../errors.ts";
import type { RouteModule } from "../http/serve-app.ts";
import { withWork } from "../http/request-work.ts";
import type { ServedModel } from "../models/served-model.ts";
import { chatTemplateFields, renderChat } from "./chat-template-fields.ts";

const request = z
  .looseObject({
    model: z.string().nullish(),
    prompt: z.string().nullish().openapi({ description: "A text, in vLLM's words" }),
    content: z.string().nullish().openapi({ description: "A text, in llama-server's words" }),
    ...chatTemplateFields,
    messages: chatTemplateFields.messages.nullish(),
    add_special_tokens: z
      .boolean()
      .nullish()
      .openapi({ description: "With the tokens that begin and end a text; default: of `prompt` only" }),
    add_special: z.boolean().nullish().openapi({ description: "The same in llama-server's words" }),
    return_token_strs: z.boolean().nullish().openapi({ description: "With each token's name" }),
    with_pieces: z.boolean().nullish().openapi({ description: "`tokens` as `{ id, piece }`" }),
  })
  .openapi("TokenizeRequest");

const piece = z.object({ id: z.int(), piece: z.union([z.string(), z.array(z.int())]) });

const response = z
  .object({
    count: z.int(),
    max_model_len: z.int(),
    tokens: z.union([z.array(z.int()), z.array(piece)]),
    token_strs: z.array(z.string()).nullable(),
  })
  .openapi("TokenizeResponse");

const route = createRoute({
  method: "post",
  path: "/tokenize",
  tags: ["Tokens"],
  summary: "The tokens of a text or of a conversation",
  request: { body: { required: true, content: { "application/json": { schema: request } } } },
  responses: { 200: { description: "The tokens", content: { "application/json": { schema: response } } } },
});

/** `/tokenize` as vLLM and llama-server have it. */
export const tokenizeRoutes: RouteModule = (app, context) => {
  app.openapi(route, (c) => {
    const body = c.req.valid("json");
    return withWork(c, context, body.model, async ({ model, signal }) => {
      const tokens = await tokensOf(model, body, signal);
      const names = model.tokenizer.convertIdsToTokens(tokens).map((name) => name ?? "");
      const pieces = body.with_pieces === true ? tokens.map((id) => ({ id, piece: pieceOf(model, id) })) : null;
      return c.json({
        count: tokens.length,
        max_model_len: model.contextLength,
        tokens: pieces ?? [...tokens],
        token_strs: body.return_token_strs === true ? names : null,
      });
    });
  });
};

async function tokensOf(
  model: ServedModel,
  body: z.infer<typeof request>,
  signal: AbortSignal,
): Promise<readonly number[]> {
  const { prompt, content, messages } = body;
  const given = [prompt, content, messages].filter((each) => each !== null && each !== undefined).length;
  if (given !== 1)
    throw invalidRequest("prompt", `has to be the only one of prompt, content and messages; ${given} are given`);
  const added = body.add_special_tokens ?? body.add_special;
  if (messages) {
    const text = renderChat(model, messages, body);
    return model.encode(text, { addSpecialTokens: added ?? false, signal });
  }
  return model.encode(prompt ?? content ?? "", { addSpecialTokens: added ?? typeof prompt === "string", signal });
}

/** A token's text; of a part of a character its bytes. */
function pieceOf(model: ServedModel, id: number): string | number[] {
  const bytes = model.tokenizer.tokenBytes(id) ?? new Uint8Array();
  const text = new TextDecoder().decode(bytes);
  return text.includes("\uFFFD") ? [...bytes] : text;
}
