import { Rng } from "@helium-lm/tensor";

const words =
  "the and Hello world don't it's I'M WE'RE naïve café Größe Straße été niño coração 日本語 テキスト 中文 한국어 Привет мир γειά שלום مرحبا हिन्दी ไทย x² ½ 1234 3.14 1,000 2024-01-02 a_b foo(bar) if(a<b&&c>d){} -> https://example.com/?q=1 😀 👩‍👩‍👧 🇫🇷 ❤️ ＡＢＣ ﬁ ① Ⅷ ٣٤ camelCase XMLHttpRequest ß 'LL 's ’s “q” … — § ¿qué? <tag> </tag> #include [x] {y} \\n $z".split(
    " ",
  );
const gaps = [
  ..." ".repeat(12),
  "",
  "",
  "  ",
  "   ",
  "\n",
  "\n\n",
  " \n",
  "\t",
  "\r\n",
  "\u00a0",
  "\u3000",
  ".",
  ", ",
  "-",
  "1",
];

/** Texts of many scripts, white space, digits, code and emoji, the same for the same seed. */
export function mixedTexts(count: number, seed: number): string[] {
  const rng = new Rng(seed);
  const pick = (items: readonly string[]): string => items[Math.floor(rng.uniform() * items.length)] ?? "";
  return Array.from({ length: count }, () => {
    if (rng.uniform() < 0.1)
      return pick(["a", "b", " ", "\n", "1", "é", "😀", "."]).repeat(1 + Math.floor(rng.uniform() * 40));
    const parts = Array.from({ length: 1 + Math.floor(rng.uniform() * 12) }, () => pick(words) + pick(gaps));
    return (rng.uniform() < 0.2 ? pick(gaps) : "") + parts.join("");
  });
}
