import { copyFileSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { cacheFolder } from "../peers/cache-folder.ts";
import { packageFolder, packageVersion } from "../peers/installed.ts";
import { RefusedSchema, type GrammarEngine } from "./grammar-engine.ts";
import { llama3Tokenizer } from "./llama3-tokenizer.ts";

const name = "@mlc-ai/web-xgrammar";

interface Handle {
  dispose(): void;
}

interface XGrammarMatcher extends Handle {
  acceptToken(token: number): boolean;
  getNextTokenBitmask(): Promise<Int32Array>;
}

/** The part of its interface that is used. */
interface XGrammar {
  readonly TokenizerInfo: {
    createTokenizerInfo(
      vocabulary: readonly string[],
      kind: string,
      prependsSpace: boolean,
      size: number,
      stopTokenIds: readonly number[],
    ): Promise<Handle>;
  };
  readonly GrammarCompiler: {
    createGrammarCompiler(tokenizer: Handle): Promise<{ compileJSONSchema(...args: unknown[]): Promise<Handle> }>;
  };
  readonly GrammarMatcher: { createGrammarMatcher(grammar: Handle): Promise<XGrammarMatcher> };
}

/** Llama 3's `<|eot_id|>`. */
const stopToken = 128_009;

/**
 * XGrammar as WebAssembly. Its bundle calls `require` in a package of type "module"; a copy named `.cjs` loads. Any white space
 * between tokens is allowed, and properties that the schema does not name (not its "strict mode"), as JSON Schema has it.
 */
export async function webXGrammar(): Promise<GrammarEngine> {
  const tokenizer = await llama3Tokenizer();
  const { TokenizerInfo, GrammarCompiler, GrammarMatcher } = load();
  const size = tokenizer.fullVocabSize;
  const vocabulary = Array.from({ length: size }, (_, id) => tokenizer.convertIdsToTokens(id) ?? "");
  const info = await TokenizerInfo.createTokenizerInfo(vocabulary, "byte_level", false, size, [stopToken]);
  const compiler = await GrammarCompiler.createGrammarCompiler(info);
  return {
    encode: (text) => tokenizer.encode(text, { addSpecialTokens: false }),
    compile: async (schema) => {
      const grammar = await compiled(() =>
        compiler.compileJSONSchema(JSON.stringify(schema), true, 2, undefined, false),
      );
      return {
        matcher: async () => {
          const matcher = await GrammarMatcher.createGrammarMatcher(grammar);
          const has = (mask: Int32Array, token: number): boolean =>
            (((mask[token >>> 5] ?? 0) >>> (token & 31)) & 1) === 1;
          return {
            take: async (token) => has(await matcher.getNextTokenBitmask(), token) && matcher.acceptToken(token),
            mayEnd: async () => has(await matcher.getNextTokenBitmask(), stopToken),
            dispose: () => matcher.dispose(),
          };
        },
        dispose: () => grammar.dispose(),
      };
    },
  };
}

export const webXGrammarVersion = (): string => `${name}@${packageVersion(name)}`;

/** Its errors do not say whether a schema is at fault or the library. */
async function compiled(compile: () => Promise<Handle>): Promise<Handle> {
  try {
    return await compile();
  } catch (error) {
    throw new RefusedSchema("(error)", error instanceof Error ? error.message : String(error));
  }
}

function load(): XGrammar {
  const folder = join(cacheFolder, "web-xgrammar");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "index.cjs");
  copyFileSync(join(packageFolder(name), "lib", "index.js"), file);
  const loaded = createRequire(import.meta.url)(file) as XGrammar | { readonly default: XGrammar };
  return "default" in loaded ? loaded.default : loaded;
}
