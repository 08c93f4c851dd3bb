import { AutoTokenizer, Tokenizer } from "@helium-lm/helium";
import type { Rng } from "@helium-lm/tensor";
import { fixturePath } from "../../fixtures.ts";
import { chance, pick } from "../draw.ts";
import { grownBytes, textRun } from "../grow.ts";
import { mutateBytes } from "../mutate-bytes.ts";
import { joined, joinedAll } from "./gguf-bytes.ts";
import { bytesOf, jsonInputs, jsonOf, textOf, useTokenizer, utf8, type FuzzTarget } from "./target.ts";

/** Models so small that reading them costs little beside the rest. */
const tinyModels: Readonly<Record<string, object>> = {
  "byte-level": {
    type: "BPE",
    vocab: Object.fromEntries([..."abeinrstuüĠĊ134.,'", "Ġt", "er", "in"].map((token, id) => [token, id])),
    merges: ["Ġ t", "e r", "i n"],
  },
  sentencepiece: {
    ...{ type: "BPE", byte_fallback: true, unk_token: "<unk>", fuse_unk: true },
    vocab: Object.fromEntries(
      ["<unk>", "<0xC3>", "<0xBC>", "<0x0A>", ..."▁abeinrstx", "▁t", "er"].map((token, id) => [token, id]),
    ),
    merges: ["▁ t", "e r"],
  },
};

const unigram = {
  ...{ type: "Unigram", unk_id: 0, byte_fallback: false },
  vocab: ["<unk>", "▁", ..."abeinrst", "▁t", "er", "in"].map((piece, id) => [piece, -id]),
};

interface Components {
  readonly tokenizers: readonly {
    readonly model: string;
    readonly model_changes: object;
    readonly tokenizer: object;
  }[];
}

/** tokenizer.json: every component that there is, around tiny models. */
export function tokenizerTarget(): FuzzTarget {
  const { tokenizers } = jsonOf(
    fixturePath("../packages/helium/test/fixtures/tokenizer-components.json"),
  ) as Components;
  const documents = tokenizers.map(({ model, model_changes: changes, tokenizer }) => ({
    ...tokenizer,
    model: { ...(tinyModels[model] ?? unigram), ...changes },
  }));
  return {
    ...jsonInputs(documents),
    read: (input) => useTokenizer(Tokenizer.fromJSON(textOf(input))),
  };
}

/** tokenizer_config.json, which is read as special_tokens_map.json too. */
export function tokenizerConfigTarget(): FuzzTarget {
  const model = { type: "BPE", vocab: { a: 0, b: 1, ab: 2, "<s>": 3, "</s>": 4, "<unk>": 5 }, merges: ["a b"] };
  const token = { content: "<s>", lstrip: false, normalized: false, rstrip: false, single_word: false, special: true };
  const documents = [
    jsonOf(fixturePath("../models/helium-nano/tokenizer_config.json")),
    {
      ...{ bos_token: token, eos_token: "</s>", unk_token: "<unk>", additional_special_tokens: ["<s>", token] },
      ...{ added_tokens_decoder: { 3: token, 4: { ...token, content: "</s>" } }, padding_side: "left" },
      ...{
        truncation_side: "left",
        model_max_length: 1e30,
        chat_template: "{% for m in messages %}{{ m }}{% endfor %}",
      },
      ...{ add_bos_token: true, add_eos_token: false, clean_up_tokenization_spaces: true },
    },
    { chat_template: [{ name: "default", template: "{{ messages }}" }], pad_token: { ...token, content: "<pad>" } },
  ];
  return {
    ...jsonInputs(documents),
    read: (input) => {
      const [json, text] = [{ model }, textOf(input)];
      const tokenizer = Tokenizer.fromJSON(json, text);
      tokenizer.decode(tokenizer.encode("abba"));
      Tokenizer.fromJSON(json, undefined, text).encode("abba");
    },
  };
}

/** A field of bytes. */
const field = (number: number, content: Uint8Array): Uint8Array => {
  const length: number[] = [];
  for (let rest = content.length; ; rest = Math.floor(rest / 128)) {
    length.push((rest % 128) + (rest >= 128 ? 128 : 0));
    if (rest < 128) break;
  }
  return joined(Uint8Array.of((number << 3) | 2, ...length), content);
};

const piece = (text: string, score: number, role: number): Uint8Array =>
  field(
    1,
    joined(
      field(1, utf8.encode(text)),
      Uint8Array.of((2 << 3) | 5),
      new Uint8Array(Float32Array.of(score).buffer),
      Uint8Array.of(3 << 3, role),
    ),
  );

/** tokenizer.model. */
export function sentencePieceTarget(): FuzzTarget {
  const pieces = [
    ...[piece("<unk>", 0, 2), piece("<s>", 0, 3), piece("</s>", 0, 3), piece("<0x41>", 0, 6), piece("▁x", 0, 4)],
    ...["▁", ..."abeinrst", "▁t", "er", "in", "▁Ein"].map((text, id) => piece(text, -id, 1)),
  ];
  const trainer = (type: number): Uint8Array =>
    field(2, Uint8Array.of(3 << 3, type, ((35 << 3) & 0x7f) | 0x80, (35 << 3) >> 7, 1));
  const normalizer = field(3, Uint8Array.of(3 << 3, 1, 4 << 3, 1));
  const small = [1, 2].map((type) => joined(...pieces, trainer(type), normalizer));
  const real = bytesOf(fixturePath("sentencepiece/bpe.model"));
  const withMap = bytesOf(fixturePath("sentencepiece/unigram.model"));
  const growths: readonly ((rng: Rng, size: number) => Uint8Array)[] = [
    (rng, size) => joined(...pieces, piece(textRun(rng, size), 0, pick(rng, [1, 4])), trainer(1), normalizer),
    (rng, size) => {
      const role = pick(rng, [1, 3, 4, 5, 6]);
      const many: Uint8Array[] = [];
      for (let n = 0; n * 15 < size; n++) many.push(piece(n.toString(36), -n, role));
      return joined(...pieces, joinedAll(many), trainer(pick(rng, [1, 2])), normalizer);
    },
    (rng, size) => {
      const again = pick(rng, pieces);
      return joined(
        joinedAll(new Array<Uint8Array>(Math.ceil(size / again.length)).fill(again)),
        trainer(1),
        normalizer,
      );
    },
    (rng, size) =>
      joined(...pieces, trainer(1), field(3, field(2, new Uint8Array(size).fill(pick(rng, [0, 1, 0x42]))))),
    (rng, size) => joined(...small, field(pick(rng, [4, 2, 3]), new Uint8Array(size).fill(pick(rng, [0x08, 0x12, 0])))),
  ];
  return {
    mutated: (rng) => mutateBytes(chance(rng, 0.02) ? real : pick(rng, small), rng),
    grown: (rng, size) =>
      chance(rng, 0.4) ? grownBytes(pick(rng, [...small, real, withMap]), rng, size) : pick(rng, growths)(rng, size),
    read: async (input) => {
      const readBytes = async (name: string): Promise<Uint8Array | null> => (name === "tokenizer.model" ? input : null);
      useTokenizer(await AutoTokenizer.fromPretrained({ readBytes }));
    },
  };
}
