import { AlignedText } from "../../tokenizer/aligned-text.ts";
import type { JsonNode } from "../../tokenizer/json-node.ts";
import { readPreTokenizer } from "../../tokenizer/pre-tokenizers/index.ts";
import { byteLevelCuts } from "./byte-level-cuts.ts";
import { ggufPreTokenizers } from "./pre-tokenizers.ts";

/** Texts in which any two rules of the table that differ cut differently. */
export const probeTexts: readonly string[] = [
  "Don't DON'T we'LL I'm it's you'd 'tis rock'n'roll o'clock",
  " leading  double   triple    spaces \t tabs\t\tand  trailing  ",
  "line\nnext\r\nthird\n\n\nfar \n spaced\n  indented\n\n",
  "1 12 123 1234 12345 1,234.56 3.14e-10 0x1F ٣٤٥ ½ Ⅷ ²³ 2024-01-02",
  "camelCase XMLHttpRequest aB Ab ABc iPhone15Pro snake_case kebab-case",
  "if (a<=b && c!=d) { return x->y[0]; } // $x = `y` ~ z | w ^ v",
  "https://example.com/path?q=1&r=2#frag user@mail.org ... !!! ?!",
  "Größe café naïve e\u0301 日本語テキスト 中文。한국어 Привет мир مرحبا हिन्दी ไทย",
  "😀👩‍👩‍👧🇫🇷 “quoted” ’s — … ¿qué? ＡＢＣ\u00a0nbsp\u3000wide\u200b",
  "[A](b) #tag @user +1 -2 *3 /4 =5 \\n 'S 'RE (IMGIMGAZ) <sentinel:12>",
];

/**
 * The name in llama.cpp's table of the rule by which a tokenizer.json cuts texts for byte-level BPE: the first whose cuts of
 * the probe texts are the same; null if none is.
 */
export function namePreTokenizer(preTokenizer: JsonNode, ignoreMerges: boolean): string | null {
  const cutAll = (node: JsonNode): string => {
    const cut = readPreTokenizer(node);
    return JSON.stringify(probeTexts.map((text) => cut([AlignedText.of(text)]).map((piece) => piece.text)));
  };
  const wanted = cutAll(preTokenizer);
  const found = Object.entries(ggufPreTokenizers).find(
    ([, rule]) => (rule.ignoreMerges ?? false) === ignoreMerges && cutAll(byteLevelCuts(rule.cuts)) === wanted,
  );
  return found?.[0] ?? null;
}
