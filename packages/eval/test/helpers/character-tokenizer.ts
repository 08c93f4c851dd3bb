import { Tokenizer } from "@helium-lm/helium";

const special = ["<unk>", "<s>", "</s>", "<pad>"];
/** Printable ASCII characters but two, so that all have ids below the 97 tokens of the tiny fixtures; and a line break. */
const characters = ["\n", ...Array.from({ length: 92 }, (_, i) => String.fromCharCode(32 + i))];

/** A tokenizer for the tiny models of the fixtures: a token for each character, `<s>` in front. */
export const characterTokenizerOfModel = (): Tokenizer =>
  Tokenizer.fromJSON(
    {
      version: "1.0",
      added_tokens: special.map((content, id) => ({
        ...{ id, content, special: true },
        ...{ single_word: false, lstrip: false, rstrip: false, normalized: false },
      })),
      normalizer: null,
      pre_tokenizer: null,
      post_processor: {
        type: "TemplateProcessing",
        single: [{ SpecialToken: { id: "<s>", type_id: 0 } }, { Sequence: { id: "A", type_id: 0 } }],
        pair: [{ Sequence: { id: "A", type_id: 0 } }, { Sequence: { id: "B", type_id: 1 } }],
        special_tokens: { "<s>": { id: "<s>", ids: [1], tokens: ["<s>"] } },
      },
      decoder: { type: "Fuse" },
      model: {
        type: "BPE",
        unk_token: "<unk>",
        vocab: Object.fromEntries([...special, ...characters].map((token, id) => [token, id])),
        merges: [],
      },
    },
    { bos_token: "<s>", eos_token: "</s>", pad_token: "<pad>", unk_token: "<unk>" },
  );
