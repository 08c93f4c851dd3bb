import { mapBounded } from "@helium-lm/nn";
import { createRoute, z } from "@hono/zod-openapi";
import { labelSpans } from "@helium-lm/helium/pipelines";
import { invalidRequest } from "../errors.ts";
import { checkTextLengths } from "../generation/text-inputs.ts";
import type { RouteModule } from "../http/serve-app.ts";
import { withWork } from "../http/request-work.ts";
import type { ServedModel } from "../models/served-model.ts";
import { labelNames } from "./label-names.ts";
import { softmax } from "./softmax.ts";

const span = z.object({
  label: z.string(),
  score: z.number().openapi({ description: "The probability of the label, the mean over the tokens of the span" }),
  text: z.string(),
  start: z.int().openapi({ description: "In Unicode code points" }),
  end: z.int(),
});

const response = z
  .object({
    object: z.literal("list"),
    model: z.string(),
    data: z.array(z.object({ index: z.int(), spans: z.array(span) })),
    usage: z.object({ prompt_tokens: z.int(), total_tokens: z.int() }),
  })
  .openapi("TagResponse");

const route = createRoute({
  method: "post",
  path: "/v1/tag",
  tags: ["Other heads"],
  summary: "A label for each part of a text, by a model that tags tokens",
  request: {
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z
            .looseObject({ model: z.string().nullish(), input: z.union([z.string(), z.array(z.string())]) })
            .openapi("TagRequest"),
        },
      },
    },
  },
  responses: { 200: { description: "The spans", content: { "application/json": { schema: response } } } },
});

/** `/v1/tag`: neighbouring tokens of one label are one span. */
export const tagRoutes: RouteModule = (app, context) => {
  app.openapi(route, (c) => {
    const body = c.req.valid("json");
    return withWork(c, context, body.model, async (work) => {
      const { model, signal } = work;
      const texts = typeof body.input === "string" ? [body.input] : body.input;
      if (texts.length === 0) throw invalidRequest("input", "is an empty list; give at least one text");
      const encoded = await Promise.all(texts.map((text) => encode(model, text, signal)));
      checkTextLengths(
        model,
        encoded.map(({ inputIds }) => inputIds),
        "input",
      );
      const atOnce = await work.admit(texts.length);
      const logits = await mapBounded(encoded, atOnce, ({ inputIds }) => model.engine.tag({ inputIds, signal }));
      const tokens = encoded.reduce((sum, { inputIds }) => sum + inputIds.length, 0);
      const data = encoded.map((text, index) => ({ index, spans: spansOf(model, text, logits[index] ?? []) }));
      const usage = { prompt_tokens: tokens, total_tokens: tokens };
      return c.json({ object: "list" as const, model: model.id, data, usage }, 200);
    });
  });
};

interface EncodedText {
  readonly text: string;
  readonly inputIds: readonly number[];
  /** `[start, end)` of each token in code points `[T]`. */
  readonly offsets: readonly (readonly [number, number])[];
  readonly isSpecial: readonly boolean[];
}

async function encode({ tokenizer }: ServedModel, text: string, signal: AbortSignal): Promise<EncodedText> {
  const { inputIds, offsetsMapping, specialTokensMask } = await tokenizer.encodeAsync(text, {
    returnOffsetsMapping: true,
    returnSpecialTokensMask: true,
    signal,
  });
  const [ids = [], offsets = [], special = []] = [inputIds[0], offsetsMapping?.[0], specialTokensMask?.[0]];
  return { text, inputIds: ids, offsets, isSpecial: special.map((flag) => flag === 1) };
}

/** @param logits `[T · labels]` */
function spansOf(
  model: ServedModel,
  { text, inputIds, offsets, isSpecial }: EncodedText,
  logits: ArrayLike<number>,
): z.infer<typeof span>[] {
  const names = labelNames(model);
  const rows = inputIds.map((_, t) =>
    softmax(Array.from({ length: names.length }, (__, l) => logits[t * names.length + l] ?? NaN)),
  );
  const best = rows.map((probs) => probs.indexOf(Math.max(...probs)));
  const labels = best.map((label) => names[label] ?? "");
  return labelSpans(text, labels, offsets, isSpecial).map((found) => {
    const scores = offsets.flatMap(([start, end], t) =>
      isSpecial[t] || start === end || start < found.start || end > found.end ? [] : [rows[t]?.[best[t] ?? 0] ?? 0],
    );
    return { ...found, score: scores.reduce((sum, score) => sum + score, 0) / Math.max(1, scores.length) };
  });
}
