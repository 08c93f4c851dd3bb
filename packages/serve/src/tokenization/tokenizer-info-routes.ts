import { createRoute, z } from "@hono/zod-openapi";
import type { RouteModule } from "../http/serve-app.ts";
import { withWork } from "../http/request-work.ts";

const token = z.string().nullable();

const info = z
  .object({
    tokenizer_class: z.string(),
    bos_token: token,
    eos_token: token,
    unk_token: token,
    pad_token: token,
    add_bos_token: z.boolean(),
    add_eos_token: z.boolean(),
    model_max_length: z.int(),
    vocab_size: z.int(),
    chat_template: z.string().nullable(),
  })
  .openapi("TokenizerInfo");

const route = createRoute({
  method: "get",
  path: "/tokenizer_info",
  tags: ["Tokens"],
  summary: "What programs that cut texts themselves need to know of the tokenizer",
  request: { query: z.object({ model: z.string().optional() }) },
  responses: { 200: { description: "The tokenizer", content: { "application/json": { schema: info } } } },
});

/** `/tokenizer_info` of vLLM, in the words of tokenizer_config.json; lm-evaluation-harness asks for it. */
export const tokenizerInfoRoutes: RouteModule = (app, context) => {
  app.openapi(route, (c) =>
    withWork(c, context, c.req.valid("query").model, async ({ model, signal }) => {
      const { tokenizer, config, contextLength } = model;
      const ids = await model.encode("a", { addSpecialTokens: true, signal });
      return c.json({
        tokenizer_class: "PreTrainedTokenizerFast",
        bos_token: tokenizer.bosToken,
        eos_token: tokenizer.eosToken,
        unk_token: tokenizer.unkToken,
        pad_token: tokenizer.padToken,
        add_bos_token: tokenizer.bosTokenId !== null && ids[0] === tokenizer.bosTokenId,
        add_eos_token: tokenizer.eosTokenId !== null && ids.at(-1) === tokenizer.eosTokenId,
        model_max_length: contextLength,
        vocab_size: config.vocabSize,
        chat_template: tokenizer.chatTemplates.get("default") ?? null,
      });
    }),
  );
};
