import { mapBounded } from "@helium-lm/nn";
import { createRoute } from "@hono/zod-openapi";
import { invalidRequest } from "../errors.ts";
import { checkTextLengths } from "../generation/text-inputs.ts";
import type { RouteModule } from "../http/serve-app.ts";
import { withWork } from "../http/request-work.ts";
import { askQuestion, readAnswer } from "./answer-question.ts";
import { decisionRequest, decisionResponse, type DecisionRequest } from "./decision-fields.ts";
import { evidenceText } from "./decision-prompt.ts";

const route = createRoute({
  method: "post",
  path: "/v1/decisions",
  tags: ["OpenAI"],
  summary: "How likely each answer to some questions about a text is",
  request: { body: { required: true, content: { "application/json": { schema: decisionRequest } } } },
  responses: { 200: { description: "The answers", content: { "application/json": { schema: decisionResponse } } } },
});

/**
 * `/v1/decisions` of OpenAI's API: no text is written, the probability of each answer's label is read where the answer would
 * begin. The text is computed once for all questions.
 */
export const decisionsRoutes: RouteModule = (app, context) => {
  app.openapi(route, (c) => {
    const body = c.req.valid("json");
    checkChoices(body);
    return withWork(c, context, body.model, async (work) => {
      const { model, signal } = work;
      const evidence = evidenceText(body.input);
      const asked = await mapBounded(body.questions, 1, (question) => askQuestion(model, evidence, question, signal));
      const texts = asked.map(({ promptIds, labelIds }) => [...promptIds, ...(labelIds[0] ?? [])]);
      checkTextLengths(model, texts, "input");
      const atOnce = await work.admit(asked.length);
      const cacheSalt = c.get("cacheSalt");
      const score = async ({ promptIds, labelIds, question }: (typeof asked)[number]) => {
        const request = { inputIds: promptIds, continuations: labelIds, cacheSalt, signal };
        const scores = await model.engine.scoreContinuations(request);
        return readAnswer(
          question,
          scores.map(({ logprob }) => logprob),
        );
      };
      // The first question leaves the start of the text behind for the others.
      const [first, ...others] = asked;
      const answers = [
        ...(await mapBounded(first ? [first] : [], 1, score)),
        ...(await mapBounded(others, atOnce, score)),
      ];
      const input = asked.reduce((sum, { promptIds }) => sum + promptIds.length, 0);
      const output = asked.length;
      return c.json(
        {
          model: model.id,
          answers,
          usage: {
            input_tokens: input,
            input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
            output_tokens: output,
            output_tokens_details: { reasoning_tokens: 0 },
            total_tokens: input + output,
          },
        },
        200,
      );
    });
  });
};

/** Refuses answers that cannot be told apart. @throws ApiError */
function checkChoices({ questions }: DecisionRequest): void {
  questions.forEach((question, index) => {
    if (question.type === "predicate") return;
    const [field, names] =
      question.type === "choice"
        ? (["choices", question.choices.map(({ value }) => JSON.stringify(value))] as const)
        : (["levels", question.levels.map(({ label }) => JSON.stringify(label))] as const);
    const twice = names.find((name, at) => names.indexOf(name) !== at);
    if (twice !== undefined)
      throw invalidRequest(`questions.${index}.${field}`, `has ${twice} twice; give each answer once`);
  });
}
