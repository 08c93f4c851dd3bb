import {
  compileGrammar,
  GrammarLimitError,
  UnsupportedGrammarError,
  TokenVocabulary,
  type JsonSchema,
} from "@helium-lm/helium";
import { RefusedSchema, type GrammarEngine } from "./grammar-engine.ts";
import { llama3Tokenizer } from "./llama3-tokenizer.ts";

/** `compileGrammar({ json })` with its defaults. The vocabulary's prefix tree is made before, as when a model is loaded. */
export async function ourEngine(): Promise<GrammarEngine> {
  const tokenizer = await llama3Tokenizer();
  compileGrammar({ json: {} }, tokenizer).start.mask();
  const { nodeCount } = TokenVocabulary.of(tokenizer).trie;
  if (nodeCount < 1) throw new RangeError("the vocabulary is empty");
  return {
    encode: (text) => tokenizer.encode(text, { addSpecialTokens: false }),
    compile: async (schema) => {
      const grammar = compiled(schema, tokenizer);
      return {
        matcher: async () => {
          let state: typeof grammar.start | null = grammar.start;
          return {
            take: async (token) => {
              const isAllowed = state?.mask().has(token) ?? false;
              state = state?.step(token) ?? null;
              if (isAllowed !== (state !== null)) throw new Error(`mask and step differ at token ${token}`);
              return isAllowed;
            },
            mayEnd: async () => state?.isAccepting ?? false,
            dispose: () => undefined,
          };
        },
        dispose: () => undefined,
      };
    },
  };
}

type Compiled = ReturnType<typeof compileGrammar>;

function compiled(schema: unknown, tokenizer: Awaited<ReturnType<typeof llama3Tokenizer>>): Compiled {
  try {
    return compileGrammar({ json: schema as JsonSchema }, tokenizer);
  } catch (error) {
    if (error instanceof UnsupportedGrammarError) throw new RefusedSchema(error.keyword, error.message);
    if (error instanceof GrammarLimitError) throw new RefusedSchema("(limit)", error.message);
    throw error;
  }
}
