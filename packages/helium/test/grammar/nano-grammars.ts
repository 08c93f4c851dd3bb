import { fileURLToPath } from "node:url";
import { createBackend, type Backend } from "@helium-lm/tensor";
import { AutoModelForCausalLM, AutoTokenizer, type ModelForCausalLM, type Tokenizer } from "@helium-lm/helium";
import { Grammar, TokenVocabulary } from "@helium-lm/helium/grammar";
import { afterAll, beforeAll, expect } from "vitest";
import { GrammarBuilder, type Expression } from "../../src/grammar/automaton/grammar-builder.ts";
import { GrammarContext } from "../../src/grammar/grammar.ts";

const nano = fileURLToPath(new URL("../../../../models/helium-nano", import.meta.url));

export interface OpenNano {
  readonly model: ModelForCausalLM;
  readonly tokenizer: Tokenizer;
}

/** helium-nano for the tests of a file; in the end nothing may be left of it. */
export function openNano(backendName = "wasm"): OpenNano {
  let backend: Backend;
  let model: ModelForCausalLM;
  let tokenizer: Tokenizer;
  beforeAll(async () => {
    backend = await createBackend(backendName);
    model = await AutoModelForCausalLM.fromPretrained(nano, { backend });
    tokenizer = await AutoTokenizer.fromPretrained(nano);
  });
  afterAll(() => {
    model.dispose();
    expect(backend.memory().handles).toBe(0);
  });
  return {
    get model() {
      return model;
    },
    get tokenizer() {
      return tokenizer;
    },
  };
}

/** A grammar that is built by hand. */
export function built(tokenizer: Tokenizer, body: (builder: GrammarBuilder) => Expression): Grammar {
  const context = GrammarContext.of(TokenVocabulary.of(tokenizer));
  const builder = new GrammarBuilder(context.regexes);
  return new Grammar(context, builder, body(builder));
}

/** `{"name": "…", "tags": [n, n, …]}` with words and numbers: forced stretches, loops and an end. */
export function record(tokenizer: Tokenizer, key: string): Grammar {
  return built(tokenizer, (builder) => {
    const { regexes } = builder;
    const literal = (text: string): Expression => builder.terminal(regexes.literal(text));
    const word = builder.terminal(regexes.repeat(regexes.or(regexes.bytes(0x61, 0x7a), regexes.literal(" ")), 1, 12));
    const digits = builder.terminal(regexes.repeat(regexes.bytes(0x30, 0x39), 1, 4));
    return builder.sequence(
      literal(`{"${key}": "`),
      word,
      literal('", "some": ['),
      digits,
      builder.repeat(builder.sequence(literal(", "), digits), 0, 3),
      literal("]}"),
    );
  });
}

export const recordPattern = (key: string): RegExp =>
  new RegExp(`^\\{"${key}": "[a-z ]{1,12}", "some": \\[\\d{1,4}(, \\d{1,4}){0,3}\\]\\}$`);
