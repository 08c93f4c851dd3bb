/** How byte-level BPE of one `tokenizer.ggml.pre` cuts a text before it merges. */
export interface GgufPreTokenizer {
  /** Each expression, in Oniguruma's syntax, makes its matches and what lies between them pieces of their own. */
  readonly cuts: readonly string[];
  /** A piece that is a token as a whole is taken as it is. */
  readonly ignoreMerges?: boolean;
  /** `add_bos_token` where the file does not say. */
  readonly addBos?: boolean;
}

const contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const spaces = String.raw`\s+(?!\S)|\s+`;
const lines = String.raw`\s*[\r\n]+`;
const letters = String.raw`[^\r\n\p{L}\p{N}]?\p{L}+`;
const symbols = String.raw` ?[^\s\p{L}\p{N}]+[\r\n]*`;
const punctuation = String.raw`[\p{P}$+<=>^~|` + "`" + "]+";
const asciiWord = String.raw`[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_` + "`" + String.raw`{|}~][A-Za-z]+`;

/** Words of GPT-2: contractions, then letters, numbers or other characters with one space before them. */
const gpt2 = String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|${spaces}`;
/** Words of Llama 3 and its like, which differ in how many digits make a number. */
const words = (digits: string): string => [contractions, letters, digits, symbols, lines, spaces].join("|");
const threeDigits = String.raw`\p{N}{1,3}`;
const digit = String.raw`\p{N}`;
/** Words that end where lower case turns to upper; `suffix` is what may stick to one. */
const casedWords = (suffix: string, digits: string): string => {
  const before = String.raw`[^\r\n\p{L}\p{N}]?`;
  const upper = String.raw`[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`;
  const lower = String.raw`[\p{Ll}\p{Lm}\p{Lo}\p{M}]`;
  return [
    `${before}${upper}*${lower}+${suffix}`,
    `${before}${upper}+${lower}*${suffix}`,
    digits,
    String.raw` ?[^\s\p{L}\p{N}]+[\r\n/]*`,
    lines,
    spaces,
  ].join("|");
};
const markedWords = String.raw`[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|${lines}|${spaces}`;
const kana = "[一-龥぀-ゟ゠-ヿ]+";

const same = (names: string, preTokenizer: GgufPreTokenizer): Readonly<Record<string, GgufPreTokenizer>> =>
  Object.fromEntries(names.split(" ").map((name) => [name, preTokenizer]));

/**
 * The table of `tokenizer.ggml.pre`, as llama.cpp's `llama-vocab.cpp` knows the names; the expressions are those of the
 * models' own tokenizers, which llama.cpp's adapt. The first of several names for one rule is the one that is written.
 */
export const ggufPreTokenizers: Readonly<Record<string, GgufPreTokenizer>> = {
  ...same("gpt-2 phi-2 mpt olmo jais trillion granite-docling exaone4 gigachat a.x-4.0 mellum modern-bert", {
    cuts: [gpt2],
  }),
  ...same("jina-es jina-de jina-v2-es jina-v2-de jina-v1-en jina-v2-code roberta-bpe", { cuts: [gpt2] }),
  ...same("smollm starcoder refact command-r codeshell exaone minerva-7b mellum2", { cuts: [digit, gpt2] }),
  ...same("llama-bpe llama3 llama-v3 falcon3 falcon-h1 pixtral midm-2.0 lfm2 jina-v5-nano", {
    cuts: [words(threeDigits)],
    ignoreMerges: true,
    addBos: true,
  }),
  ...same("dbrx smaug-bpe chatglm-bpe glm4", { cuts: [words(threeDigits)] }),
  ...same("qwen2 stablelm2 deepseek-r1-qwen kormo f2llmv2 megrez hunyuan solar-open grok-2", { cuts: [words(digit)] }),
  qwen35: {
    cuts: [
      [
        contractions,
        String.raw`[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+`,
        digit,
        String.raw` ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*`,
        lines,
        spaces,
      ].join("|"),
    ],
  },
  ufakzeka: { cuts: [[letters, digit, symbols, lines, spaces].join("|")] },
  minicpm5: { cuts: [threeDigits, words(String.raw`\p{N}+`)], ignoreMerges: true },
  "seed-coder": {
    cuts: [[contractions, letters, digit, String.raw` ?[^\s\p{L}\p{N}\r\n]+`, lines, spaces].join("|")],
  },
  ...same("bailingmoe bailingmoe2 llada-moe", {
    cuts: [["'(?i:[sdmt]|ll|ve|re)", letters, digit, symbols, String.raw`\s*[\r\n]`, spaces].join("|")],
  }),
  "exaone-moe": {
    cuts: [
      [
        contractions,
        String.raw`[^\r\n\p{L}\p{N}]?(?:\p{L}\p{M}*(?: \p{L}\p{M}*)*)+`,
        digit,
        String.raw` ?[^\s\p{L}\p{N}]+[\r\n/]?`,
        String.raw`\s*[\r\n]`,
        spaces,
      ].join("|"),
    ],
  },
  laguna: { cuts: [String.raw`[^\n]+|[\n]+`, words(digit)] },
  tekken: { cuts: [casedWords("", digit)], ignoreMerges: true, addBos: true },
  ...same("gpt-4o llama4 kanana2 talkie minimax-m2", { cuts: [casedWords(`${contractions}?`, threeDigits)] }),
  ...same("tiny_aya cohere2moe", {
    cuts: [String.raw`\d{1,3}(?=(?:\d{3})*\b)`, casedWords(`${contractions}?`, threeDigits)],
  }),
  ...same("deepseek-v3 hunyuan-dense joyai-llm hy_v4", { cuts: [threeDigits, kana, `${asciiWord}|${markedWords}`] }),
  "deepseek-coder": {
    cuts: [String.raw`[\r\n]`, String.raw`\s?\p{L}+`, String.raw`\s?\p{P}+`, "[一-龥ࠀ-一가-퟿]+", digit],
  },
  falcon: { cuts: [punctuation, gpt2, "[0-9][0-9][0-9]"] },
  chameleon: {
    cuts: [
      "<sentinel:[0-9]+>",
      "(IMGIMG)((A|B|C|D|E|F|G|H|I){1,4})Z",
      String.raw`([\t\n]|    |  )`,
      digit,
      String.raw`[\p{P}!-/:-@\[-` + "`{-~]",
      gpt2,
    ],
    addBos: true,
  },
  ...same("bloom poro-chat gpt3-finnish", { cuts: [String.raw` ?[^(\s|.,!?…。，、।۔،)]+`] }),
  viking: { cuts: [String.raw` ?[^(\s|.,!?…。，、।۔،)]+`, digit] },
  superbpe: { cuts: [String.raw`\p{N}+`, String.raw`(?=(\d{3})+(?!\d))`] },
  default: {
    cuts: [punctuation.replace("`", ""), gpt2, String.raw`\p{N}+`, "[0-9][0-9][0-9]"],
  },
};

/** Names that llama.cpp knows and whose rule is more than expressions. */
export const unreadPreTokenizers: readonly string[] = [
  "kimi-k2",
  "afmoe",
  "youtu",
  "deepseek-llm",
  "spark2_5",
  "jais-2",
  "gemma4",
  "sarvam-moe",
  "granite-embed-multi-97m",
  "granite-embed-multi-311m",
  "whitespace",
];
