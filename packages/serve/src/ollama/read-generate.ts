import { z } from "@hono/zod-openapi";
import { defaultChat, type ChatRequest } from "../chat/chat-request.ts";
import { plainParser } from "../chat/output-parser.ts";
import { prepareChat, type PreparedChat } from "../chat/prepare-chat.ts";
import { invalidRequest } from "../errors.ts";
import { fillInMiddlePrompt } from "../generation/fill-in-middle.ts";
import { newId } from "../http/new-id.ts";
import type { ServedModel } from "../models/served-model.ts";
import { commonFields, readFormat, readLogprobs, readThink, refuseImages } from "./common-body.ts";
import type { ReadOptions } from "./options.ts";

/** Body of `/api/generate`. */
export const generateBody = z
  .object({
    ...commonFields,
    prompt: z.string().nullish().openapi({ description: "None: the model is loaded, and nothing is written" }),
    suffix: z.string().nullish().openapi({ description: "What stands behind the text, for models that fill gaps" }),
    system: z.string().nullish(),
    template: z.string().nullish().openapi({ description: "A chat template in Jinja" }),
    raw: z.boolean().nullish().openapi({ description: "The prompt as it is, without a template" }),
    images: z.array(z.unknown()).nullish().openapi({ description: "Refused" }),
    context: z.array(z.int()).nullish().openapi({ description: "Refused: send the conversation to /api/chat" }),
  })
  .openapi("OllamaGenerate");

export type GenerateBody = z.infer<typeof generateBody>;

/** What a prompt asks of a model. @throws ApiError */
export function readGenerate(
  model: ServedModel,
  body: GenerateBody,
  { maxTokens, stop, sampling }: ReadOptions,
  cacheSalt: string,
): ChatRequest {
  refuseImages(body.images, "images");
  if (body.context && body.context.length > 0)
    throw invalidRequest("context", "is given, but conversations are not kept so here; send them to /api/chat");
  if (body.raw === true)
    for (const field of ["system", "template", "suffix"] as const)
      if (body[field])
        throw invalidRequest(field, "cannot stand beside raw, which takes the prompt as it is; leave one of them out");
  return {
    ...defaultChat,
    model,
    messages: [
      ...(body.system ? [{ role: "system", content: body.system }] : []),
      { role: "user", content: body.prompt ?? "" },
    ],
    contentGrammar: readFormat(body.format),
    templateVariables: readThink(body.think),
    chatTemplate: body.template || null,
    maxTokens,
    stop,
    sampling,
    logprobs: readLogprobs(body),
    cacheSalt,
  };
}

/** How the prompt of a body is made: as it is, around a gap, or by the template. */
export const prepareGenerate =
  ({ raw, prompt, suffix }: GenerateBody) =>
  async (request: ChatRequest, signal: AbortSignal): Promise<PreparedChat> => {
    const { model } = request;
    const text = prompt ?? "";
    if (suffix)
      return unparsed(request, await fillInMiddlePrompt(model, { prefix: text, suffix }, { param: "suffix", signal }));
    if (raw === true) return unparsed(request, await model.encode(text, { addSpecialTokens: true, signal }));
    return prepareChat(request, signal);
  };

/** All of the answer is its text. */
const unparsed = ({ contentGrammar: grammar }: ChatRequest, promptIds: readonly number[]): PreparedChat => ({
  promptIds,
  grammar,
  shownSpecialIds: new Set(),
  openParser: plainParser,
  newCallId: () => newId("call", "_"),
});
