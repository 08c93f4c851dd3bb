"""Small GGUF files with a vocabulary and no tensors, written by gguf-py, and what the libraries that the vocabularies are
from make of texts: tokenizers for byte-level BPE, sentencepiece for the two others.

    python -m venv .venv && .venv/bin/pip install gguf==0.19.0 tokenizers==0.23.3 sentencepiece==0.2.3
    .venv/bin/python scripts/reference/make_sentencepiece_cases.py
    .venv/bin/python scripts/reference/make_gguf_tokenizer_cases.py

writes fixtures/gguf-tokenizer/{gpt2,llama,t5}.gguf and cases.json, the same bytes for the same versions.
`npm run bench -- pin-tokenizers` adds llama-cpp.json beside them: what llama.cpp makes of the same texts.
"""

import json
from pathlib import Path

import gguf
import sentencepiece
import tokenizers
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, processors, trainers

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "fixtures/gguf-tokenizer"
LANGID = json.loads((ROOT / "models/helium-nano-langid/expected.json").read_text())["rows"]
TEXTS = json.loads((ROOT / "fixtures/sentencepiece/cases.json").read_text())["texts"]
SPECIAL_TEXTS = [
    "<|im_start|>user\nHello, world!<|im_end|>\n<|im_start|>assistant\n",
    "<s>once</s>", "a<tool>b", "<tool>  <tool>\n", "x <|im_end|>", "12345 1,234.5 ١٢٣", "DON'T don't I'LL we've",
    "camelCaseWord XMLHttpRequest aB", "line\r\n\r\nnext\n\n\n  indented\t\ttabs   ",
]

NORMAL, UNKNOWN, CONTROL, USER_DEFINED, UNUSED, BYTE = (
    gguf.TokenType.NORMAL, gguf.TokenType.UNKNOWN, gguf.TokenType.CONTROL, gguf.TokenType.USER_DEFINED,
    gguf.TokenType.UNUSED, gguf.TokenType.BYTE)
TEMPLATE = "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}{% endfor %}"

LLAMA3 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
TEKKEN = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+"
    r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*"
    r"|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
BYTES = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)


def split(pattern):
    return pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(pattern), "isolated"), BYTES])


# name → (pre-tokenizer of the models' own tokenizer.json, ignore_merges)
PRE = {
    "gpt-2": (pre_tokenizers.ByteLevel(add_prefix_space=False), False),
    "smollm": (pre_tokenizers.Sequence([pre_tokenizers.Digits(True), pre_tokenizers.ByteLevel(add_prefix_space=False)]), False),
    "llama-bpe": (split(LLAMA3), True),
    "qwen2": (split(LLAMA3.replace("{1,3}", "")), False),
    "tekken": (split(TEKKEN), True),
}


def train_byte_level():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=800, initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()), show_progress=False,
        special_tokens=["<unk>", "<s>", "</s>", "<|im_start|>", "<|im_end|>", "<tool>"])
    tokenizer.train_from_iterator([row["text"] for row in LANGID] + TEXTS, trainer)
    return json.loads(tokenizer.to_str())["model"]


def open_writer(name, model):
    writer = gguf.GGUFWriter(OUT / f"{name}.gguf", "llama")
    writer.add_context_length(512)
    writer.add_tokenizer_model(model)
    return writer


def close_writer(writer):
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()


def byte_level_cases(texts):
    model = train_byte_level()
    vocab = sorted(model["vocab"], key=model["vocab"].get)
    roles = {"<unk>": UNKNOWN, "<s>": CONTROL, "</s>": CONTROL, "<|im_start|>": CONTROL, "<|im_end|>": CONTROL, "<tool>": USER_DEFINED}
    merges = [" ".join(pair) for pair in model["merges"]]
    writer = open_writer("gpt2", "gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(vocab)
    writer.add_token_types([roles.get(token, NORMAL) for token in vocab])
    writer.add_token_merges(merges)
    writer.add_bos_token_id(model["vocab"]["<s>"])
    writer.add_eos_token_id(model["vocab"]["<|im_end|>"])
    writer.add_unk_token_id(model["vocab"]["<unk>"])
    writer.add_add_bos_token(True)
    writer.add_chat_template(TEMPLATE)
    close_writer(writer)
    results = {}
    for name, (pre, ignore_merges) in PRE.items():
        tokenizer = Tokenizer(models.BPE(
            vocab=model["vocab"], merges=[tuple(pair) for pair in model["merges"]], ignore_merges=ignore_merges))
        tokenizer.pre_tokenizer = pre
        tokenizer.decoder = decoders.ByteLevel()
        tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", model["vocab"]["<s>"])])
        tokenizer.add_tokens([AddedToken(token, normalized=False, special=role != USER_DEFINED) for token, role in roles.items()])
        results[name] = [tokenizer.encode(text).ids for text in texts]
    return results


def sentencepiece_cases(name, model_name, model, texts):
    path = ROOT / f"fixtures/sentencepiece/{model_name}.model"
    processor = sentencepiece.SentencePieceProcessor(model_file=str(path))
    from sentencepiece import sentencepiece_model_pb2 as proto

    spec = proto.ModelProto.FromString(path.read_bytes())
    writer = open_writer(name, model)
    writer.add_token_list([piece.piece for piece in spec.pieces])
    writer.add_token_scores([piece.score for piece in spec.pieces])
    writer.add_token_types([piece.type for piece in spec.pieces])
    writer.add_bos_token_id(processor.bos_id())
    writer.add_eos_token_id(processor.eos_id())
    writer.add_unk_token_id(processor.unk_id())
    if model == "t5":
        writer.add_add_space_prefix(spec.normalizer_spec.add_dummy_prefix)
        writer.add_remove_extra_whitespaces(spec.normalizer_spec.remove_extra_whitespaces)
        writer.add_precompiled_charsmap(spec.normalizer_spec.precompiled_charsmap)
        writer.add_add_bos_token(False)
        writer.add_add_eos_token(True)
    close_writer(writer)
    framed = {"llama": lambda ids: [processor.bos_id(), *ids], "t5": lambda ids: [*ids, processor.eos_id()]}[model]
    return [framed(processor.encode(text)) for text in texts]


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    texts = TEXTS + SPECIAL_TEXTS
    # The library does not look for control pieces in a text.
    plain = [text for text in texts if not any(token in text for token in ("<s>", "</s>", "<unk>"))]
    content = {
        "versions": {name: module.__version__ for name, module in (("tokenizers", tokenizers), ("sentencepiece", sentencepiece))},
        "texts": texts,
        "gpt2": byte_level_cases(texts),
        "plainTexts": plain,
        "llama": sentencepiece_cases("llama", "bpe", "llama", plain),
        "t5": sentencepiece_cases("t5", "unigram", "t5", plain),
    }
    (OUT / "cases.json").write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n")


main()
