import type { Tokenizer } from "@helium-lm/helium";
import { invalidRequest } from "../errors.ts";
import type { ServedModel } from "../models/served-model.ts";

/** How a vocabulary spells the tokens around the parts of a text whose middle is missing. */
interface FimSpelling {
  readonly prefix: string;
  readonly suffix: string;
  /** Null: the middle follows the prefix, which stands last. */
  readonly middle: string | null;
  /** Tokens in front of a repository's name and of a file's. */
  readonly repository?: readonly string[];
  readonly file?: readonly string[];
}

/** Spellings that are in use; the first whose tokens the vocabulary holds counts. */
const spellings: readonly FimSpelling[] = [
  {
    prefix: "<|fim_prefix|>",
    suffix: "<|fim_suffix|>",
    middle: "<|fim_middle|>",
    repository: ["<|repo_name|>"],
    file: ["<|file_sep|>", "<|file_separator|>"],
  },
  {
    prefix: "<fim_prefix>",
    suffix: "<fim_suffix>",
    middle: "<fim_middle>",
    repository: ["<repo_name>", "<reponame>"],
    file: ["<file_sep>", "<filename>"],
  },
  { prefix: "<fim-prefix>", suffix: "<fim-suffix>", middle: "<fim-middle>" },
  { prefix: "▁<PRE>", suffix: "▁<SUF>", middle: "▁<MID>" },
  { prefix: "<PRE>", suffix: "<SUF>", middle: "<MID>" },
  { prefix: "<｜fim▁begin｜>", suffix: "<｜fim▁hole｜>", middle: "<｜fim▁end｜>" },
  { prefix: "<|code_prefix|>", suffix: "<|code_suffix|>", middle: "<|code_middle|>" },
  { prefix: "[PREFIX]", suffix: "[SUFFIX]", middle: null },
];

/** A vocabulary's own ids of a spelling. */
interface FimTokens {
  readonly prefix: number;
  readonly suffix: number;
  readonly middle: number | null;
  readonly repository: number | null;
  readonly file: number | null;
}

/** Another file that the model may look at. */
export interface ContextFile {
  readonly filename: string;
  readonly text: string;
}

/** A text with a gap. */
export interface TextWithGap {
  readonly prefix: string;
  readonly suffix: string;
  /** What the middle begins with. */
  readonly middle?: string;
  readonly files?: readonly ContextFile[];
}

const known = new WeakMap<Tokenizer, FimTokens | null>();

/** The tokens of a vocabulary for texts with a gap; null: it has none. */
export function fimTokensOf(tokenizer: Tokenizer): FimTokens | null {
  const found = known.get(tokenizer);
  if (found !== undefined) return found;
  const vocab = tokenizer.getVocab();
  const first = (names: readonly string[] = []): number | null =>
    names.map((name) => vocab.get(name)).find((id) => id !== undefined) ?? null;
  let made: FimTokens | null = null;
  for (const { prefix, suffix, middle, repository, file } of spellings) {
    const [prefixId, suffixId, middleId] = [first([prefix]), first([suffix]), middle === null ? null : first([middle])];
    if (prefixId === null || suffixId === null || (middle !== null && middleId === null)) continue;
    made = {
      prefix: prefixId,
      suffix: suffixId,
      middle: middleId,
      repository: first(repository),
      file: first(file),
    };
    break;
  }
  known.set(tokenizer, made);
  return made;
}

/**
 * The prompt of a text with a gap: `<PRE> prefix <SUF> suffix <MID>`, other files before it, as models for code learn it
 * (Bavarian et al., arXiv 2207.14255; over several files: Hui et al., arXiv 2409.12186).
 *
 * @param param the field that asked for it, for the message
 * @throws ApiError for a model that has no tokens for this
 */
export async function fillInMiddlePrompt(
  model: ServedModel,
  { prefix, suffix, middle = "", files = [] }: TextWithGap,
  { param, signal }: { readonly param: string; readonly signal?: AbortSignal },
): Promise<readonly number[]> {
  const tokens = fimTokensOf(model.tokenizer);
  if (tokens === null)
    throw invalidRequest(
      param,
      `${model.id} was not made to fill a gap: its vocabulary has no such tokens; leave ${param} out, or use a model for code`,
      { code: "unsupported_parameter", details: { model: model.id } },
    );
  const encode = async (text: string): Promise<readonly number[]> =>
    text === "" ? [] : model.encode(text, { addSpecialTokens: false, ...(signal && { signal }) });
  const context: number[] = [];
  if (tokens.repository !== null && files.length > 0)
    context.push(tokens.repository, ...(await encode("repository\n")));
  for (const { filename, text } of files)
    if (tokens.file === null) context.push(...(await encode(text)));
    else context.push(tokens.file, ...(await encode(`${filename}\n${text}`)));
  if (tokens.file !== null && files.length > 0) context.push(tokens.file, ...(await encode("filename\n")));
  const { bosTokenId } = model.tokenizer;
  const start = bosTokenId !== null && (await startsWithBos(model)) ? [bosTokenId] : [];
  const [before, behind, begun] = [await encode(prefix), await encode(suffix), await encode(middle)];
  return tokens.middle === null
    ? [...start, ...context, tokens.suffix, ...behind, tokens.prefix, ...before, ...begun]
    : [...start, ...context, tokens.prefix, ...before, tokens.suffix, ...behind, tokens.middle, ...begun];
}

/** Whether the tokenizer begins texts with its token for that. */
async function startsWithBos(model: ServedModel): Promise<boolean> {
  const [first] = await model.encode("a", { addSpecialTokens: true });
  return first === model.tokenizer.bosTokenId;
}
