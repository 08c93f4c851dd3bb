import { z } from "@hono/zod-openapi";

const text = z.object({ type: z.literal("input_text"), text: z.string() });
const json = z.object({
  type: z.literal("input_json"),
  data: z.union([z.record(z.string(), z.unknown()), z.array(z.unknown())]),
});
const written = z.object({ type: z.literal("output_text"), text: z.string() });
const refusal = z.object({ type: z.literal("refusal"), refusal: z.string() });

/** Parts of evidence; images are refused, since no model here sees. */
const parts = z.union([z.string(), z.array(z.discriminatedUnion("type", [text, json, written, refusal]))]);

const message = z.object({
  type: z.literal("message").optional(),
  role: z.enum(["user", "developer", "system", "assistant"]),
  content: parts,
});
const call = z.object({
  type: z.literal("function_call"),
  call_id: z.string(),
  name: z.string(),
  arguments: z.string(),
});
const customCall = z.object({
  type: z.literal("custom_tool_call"),
  call_id: z.string(),
  name: z.string(),
  input: z.string(),
});
const output = z.object({
  type: z.enum(["function_call_output", "custom_tool_call_output"]),
  call_id: z.string(),
  output: parts,
});

const instructions = z.union([z.string().min(1), z.array(z.discriminatedUnion("type", [text, json])).min(1)]);
const name = z.string().nullish();

const predicate = z.object({ type: z.literal("predicate"), name, instructions });
const choice = z.object({
  type: z.literal("choice"),
  name,
  instructions,
  choices: z
    .array(z.object({ value: z.union([z.string(), z.boolean()]), description: z.string().optional() }))
    .min(2)
    .max(255),
});
const score = z.object({
  type: z.literal("score"),
  name,
  instructions,
  levels: z
    .array(z.object({ label: z.string(), description: z.string().optional() }))
    .min(2)
    .max(255),
});

/** A request of `/v1/decisions`. */
export const decisionRequest = z
  .looseObject({
    model: z.string().nullish(),
    input: z.union([z.string(), z.array(z.union([message, call, customCall, output])).min(1)]),
    questions: z
      .array(z.discriminatedUnion("type", [predicate, choice, score]))
      .min(1)
      .max(400),
    prompt_cache_key: z.string().nullish(),
    safety_identifier: z.string().nullish(),
  })
  .openapi("DecisionRequest");

export type DecisionRequest = z.infer<typeof decisionRequest>;
export type DecisionQuestion = DecisionRequest["questions"][number];

const told = z.string().nullable();
const probability = z.number();

/** The answer of a question, by its type. */
export const decisionAnswer = z.discriminatedUnion("type", [
  z.object({ type: z.literal("predicate"), name: told, probability }),
  z.object({
    type: z.literal("choice"),
    name: told,
    choice: z.union([z.string(), z.boolean()]),
    confidence: probability,
    probabilities: z.array(z.object({ value: z.union([z.string(), z.boolean()]), probability })),
  }),
  z.object({
    type: z.literal("score"),
    name: told,
    score: z.number(),
    confidence: probability,
    probabilities: z.array(z.object({ label: z.string(), value: z.int(), probability })),
  }),
]);

export type DecisionAnswer = z.infer<typeof decisionAnswer>;

export const decisionResponse = z
  .object({
    model: z.string(),
    answers: z.array(decisionAnswer),
    usage: z.object({
      input_tokens: z.int(),
      input_tokens_details: z.object({ cached_tokens: z.int(), cache_write_tokens: z.int() }),
      output_tokens: z.int(),
      output_tokens_details: z.object({ reasoning_tokens: z.int() }),
      total_tokens: z.int(),
    }),
  })
  .openapi("Decision");
