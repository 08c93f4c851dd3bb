import type { GgufList, GgufMetadataToWrite, GgufScalar } from "@helium-lm/nn";

/** Kinds of token in `tokenizer.ggml.token_type`. */
const kind = { normal: 1, unknown: 2, control: 3, byte: 6 } as const;

type Entry = readonly [text: string, kind: number];

/**
 * The least vocabulary that makes a GGUF file whole: three special tokens, the 256 bytes, and words that are only there
 * to fill the rows. Each word is one token, so a text of them has a known length.
 */
export function minimalVocabulary(size: number): GgufMetadataToWrite {
  const entries: Entry[] = [
    ["<unk>", kind.unknown],
    ["<s>", kind.control],
    ["</s>", kind.control],
    ...Array.from({ length: 256 }, (_, byte): Entry => [
      `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`,
      kind.byte,
    ]),
  ];
  while (entries.length < size) entries.push([`\u2581w${entries.length}`, kind.normal]);
  const id = (value: number) => ({ type: "u32", value }) as const;
  return new Map<string, GgufScalar | GgufList>([
    ["tokenizer.ggml.model", { type: "string", value: "llama" }],
    ["tokenizer.ggml.tokens", { type: "array", itemType: "string", items: entries.map(([text]) => text) }],
    ["tokenizer.ggml.scores", { type: "array", itemType: "f32", items: entries.map((_, n) => -n) }],
    ["tokenizer.ggml.token_type", { type: "array", itemType: "i32", items: entries.map(([, type]) => type) }],
    ["tokenizer.ggml.bos_token_id", id(1)],
    ["tokenizer.ggml.eos_token_id", id(2)],
    ["tokenizer.ggml.unknown_token_id", id(0)],
    ["tokenizer.ggml.add_bos_token", { type: "bool", value: false }],
  ]);
}
