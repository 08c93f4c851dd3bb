"""Reference cases for the tokenizer components beyond Helium's own: byte-level BPE, SentencePiece-style BPE, Unigram
with other normalizers, every pre-tokenizer, split behaviour, decoder and added-token flag that the library reads.

    python -m venv .venv && .venv/bin/pip install tokenizers==0.23.3
    .venv/bin/python scripts/reference/make_tokenizer_cases.py

writes packages/helium/test/fixtures/tokenizer-components.json, the same bytes for the same version and seed.
A larger one-off comparison, F relative to the repository:

    .venv/bin/python scripts/reference/make_tokenizer_cases.py --texts 2000 --seed 1 --out F [--newer]
    TOKENIZER_CASES=F npx vitest run packages/helium/test/tokenizer/components.test.ts

`--newer` puts characters of every block into the texts, unassigned ones included.
"""

import argparse
import json
import random
from pathlib import Path

import tokenizers
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

ROOT = Path(__file__).resolve().parents[2]

parser = argparse.ArgumentParser()
parser.add_argument("--texts", type=int, default=24)
parser.add_argument("--seed", type=int, default=7)
parser.add_argument("--out", type=Path, default=ROOT / "packages/helium/test/fixtures/tokenizer-components.json")
parser.add_argument("--newer", action="store_true")
arguments = parser.parse_args()

CASES = json.loads((ROOT / "fixtures/tokenizer/cases.json").read_text())["cases"]
LANGID = json.loads((ROOT / "models/helium-nano-langid/expected.json").read_text())["rows"]

WORDS = (
    "the and Hello world don't it's I'M WE'RE naïve café Größe Straße été où niño coração fünf 日本語 テキスト 中文 한국어 "
    "Привет мир γειά שלום مرحبا हिन्दी ไทย x² ½ 1234 3.14 1,000 2024 a_b foo(bar) if(a<b&&c>d){} -> https://example.com/?q=1 "
    "😀 👩‍👩‍👧 🇫🇷 ❤️ ＡＢＣ ﬁ ſ K e\u0301 a\u0323\u0302 ① Ⅷ ٣٤ İ ǅ ß Σς 'LL 's 'ſ ’s “q” … — § ¿qué? \u1100\u1161\u11a8 "
    "▁ ▁x <s> </s> <unk> <|end|> <x> <tool> [A] <0x41> <0x0A> import"
).split(" ")
SPACES = [" "] * 12 + ["", "", "  ", "   ", "\n", "\n\n", " \n", "\n ", "\t", "\r\n", "\u00a0", "\u3000", "\u200b", "\u0085",
                       "\ufeff", "\u2028", ".", ", ", "! ", "-", "_", "1", "\x00", "\v"]


def make_text(rng):
    kind = rng.random()
    if kind < 0.15:
        return rng.choice(CASES)["text"]
    if kind < 0.25:
        # Blocks that have long been full: what the pinned fixture has been made of.
        blocks = [(32, 127), (0xA0, 0x250), (0x300, 0x530), (0x1E00, 0x2000), (0x2100, 0x2C00), (0x4E00, 0x9FD0)]
        return "".join(chr(rng.randrange(*rng.choice(blocks))) for _ in range(rng.randrange(1, 12)))
    if kind < 0.3:
        return rng.choice("a b1\n▁é😀 ") * rng.randrange(1, 40)
    start = rng.choice(SPACES) if rng.random() < 0.2 else ""
    return start + "".join(rng.choice(WORDS) + rng.choice(SPACES) for _ in range(rng.randrange(1, 12)))


corpus_rng = random.Random(1)
CORPUS = [row["text"] for row in LANGID] + [text for text in (make_text(corpus_rng) for _ in range(600)) if text]

LLAMA3 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
O200K = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
POSSESSIVE = (
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s"
)


def train_byte_level():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(vocab_size=700, initial_alphabet=alphabet, show_progress=False, special_tokens=["<unk>"])
    tokenizer.train_from_iterator(CORPUS, trainer)
    return json.loads(tokenizer.to_str())["model"]


def train_sentencepiece():
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.normalizer = normalizers.Replace(" ", "▁")
    tokenizer.pre_tokenizer = pre_tokenizers.Split("▁", "merged_with_next")
    special = ["<unk>", "<s>", "</s>"] + [f"<0x{byte:02X}>" for byte in range(256)]
    trainer = trainers.BpeTrainer(vocab_size=900, special_tokens=special, show_progress=False)
    tokenizer.train_from_iterator([row["text"] for row in LANGID], trainer)
    return json.loads(tokenizer.to_str())["model"]


MODELS = {
    "byte-level": train_byte_level(),
    "sentencepiece": train_sentencepiece(),
    "unigram": json.loads((ROOT / "fixtures/tokenizer/tokenizer.json").read_text())["model"],
}

ADDED = {
    "plain": [
        AddedToken("<s>", normalized=False, special=True),
        AddedToken("</s>", normalized=False, special=True),
        AddedToken("<|end|>", normalized=False, special=True),
        AddedToken("<x>", lstrip=True, rstrip=True, normalized=False),
        AddedToken("[A]", single_word=True, normalized=False),
    ],
    "normalized": [
        AddedToken("<tool>", normalized=True),
        AddedToken("  ", normalized=False),
        AddedToken("мир", lstrip=True, single_word=True, normalized=True),
        AddedToken("Größe", rstrip=True, normalized=True),
        AddedToken("import", normalized=True, special=True),
    ],
}

ByteLevel = pre_tokenizers.ByteLevel
BYTES = ByteLevel(add_prefix_space=False, use_regex=False)
TEMPLATE = processors.TemplateProcessing(
    single="<s>:0 $A:0", pair="<s>:0 $A:0 <s>:1 $B:1", special_tokens=[("<s>", 1)]
)
LLAMA_DECODER = [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]


def split(pattern, behavior, invert=False):
    return pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(pattern), behavior, invert=invert), BYTES])


def definitions():
    """name → (model, changes to it, normalizer, pre-tokenizer, post-processor, decoder, sets of added tokens)"""
    words = ByteLevel(add_prefix_space=False)
    byte_level = lambda pre, norm=None, post=None, added=("plain",), **changes: (
        "byte-level", changes, norm, pre, post, decoders.ByteLevel(), added)
    yield "gpt2", byte_level(words, post=processors.ByteLevel(trim_offsets=True))
    yield "gpt2 with prefix space", byte_level(
        ByteLevel(add_prefix_space=True), post=processors.ByteLevel(trim_offsets=True, add_prefix_space=True),
        added=("plain", "normalized"))
    yield "llama 3", byte_level(
        split(LLAMA3, "isolated"), post=processors.Sequence([processors.ByteLevel(trim_offsets=False), TEMPLATE]),
        ignore_merges=True)
    yield "qwen 2", byte_level(split(LLAMA3.replace("{1,3}", ""), "isolated"), norm=normalizers.NFC())
    yield "o200k", byte_level(split(O200K, "isolated"))
    yield "possessive", byte_level(split(POSSESSIVE, "isolated"))
    yield "smollm 2", byte_level(
        pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), words]), added=("plain", "normalized"))
    yield "deepseek", byte_level(pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(r"[\r\n]"), "isolated"),
        pre_tokenizers.Split(Regex(r"\s?\p{L}+"), "isolated"),
        pre_tokenizers.Split(Regex(r"\s?\p{P}+"), "isolated"),
        pre_tokenizers.Split(Regex(r"[一-龥ࠀ-一가-퟿]+"), "isolated"),
        pre_tokenizers.Digits(individual_digits=False), BYTES]))
    for behavior in ["removed", "merged_with_previous", "merged_with_next", "contiguous", "isolated"]:
        yield f"split {behavior}", byte_level(split(r"\w+|[^\w\s]+", behavior, invert=behavior == "removed"))
    yield "whitespace", byte_level(pre_tokenizers.Sequence([pre_tokenizers.Whitespace(), BYTES]))
    yield "punctuation", byte_level(pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Punctuation("contiguous"), BYTES]))
    for form in ["NFC", "NFD", "NFKC", "NFKD"]:
        yield form, byte_level(words, norm=getattr(normalizers, form)(), added=("plain", "normalized"))
    yield "lowercase without accents", byte_level(words, norm=normalizers.Sequence(
        [normalizers.NFD(), normalizers.StripAccents(), normalizers.Lowercase(), normalizers.Strip()]))
    yield "replace", byte_level(ByteLevel(add_prefix_space=True), norm=normalizers.Sequence(
        [normalizers.Replace(Regex(r"\s{2,}"), " "), normalizers.Replace(Regex(r"(?i)the|e(?=\b)"), "ZZ"),
         normalizers.Prepend("¡é")]))
    llama = decoders.Sequence(LLAMA_DECODER)
    spaces = normalizers.Replace(" ", "▁")
    sentencepiece = lambda norm, pre, dec, added=("plain",), **changes: (
        "sentencepiece", {"byte_fallback": True, "fuse_unk": True, **changes}, norm, pre, TEMPLATE, dec, added)
    yield "llama 2", sentencepiece(normalizers.Sequence([normalizers.Prepend("▁"), spaces]), None, llama)
    yield "gemma", sentencepiece(
        spaces, pre_tokenizers.Split(" ", "merged_with_previous"), decoders.Sequence(LLAMA_DECODER[:3]),
        added=("plain", "normalized"))
    yield "mistral", sentencepiece(None, pre_tokenizers.Metaspace(prepend_scheme="first", split=False), llama)
    for scheme in ["always", "never"]:
        yield f"metaspace {scheme}", sentencepiece(
            None, pre_tokenizers.Metaspace(prepend_scheme=scheme, split=True), decoders.Metaspace(prepend_scheme=scheme))
    yield "unknown apart", sentencepiece(spaces, None, None, byte_fallback=False, fuse_unk=False)
    yield "unknown fused", sentencepiece(spaces, None, None, byte_fallback=False)
    yield "unigram without bytes", (
        "unigram", {"byte_fallback": False}, spaces, None, TEMPLATE, llama, ("plain",))
    yield "unigram metaspace", (
        "unigram", {}, normalizers.NFKC(), pre_tokenizers.Metaspace(prepend_scheme="first"), None, decoders.Metaspace(),
        ("plain", "normalized"))


def build(model, changes, normalizer, pre_tokenizer, post_processor, decoder, added):
    frame = json.loads(Tokenizer(models.BPE()).to_str())
    frame["model"] = {**MODELS[model], **changes}
    tokenizer = Tokenizer.from_str(json.dumps(frame))
    if normalizer is not None:
        tokenizer.normalizer = normalizer
    if pre_tokenizer is not None:
        tokenizer.pre_tokenizer = pre_tokenizer
    if post_processor is not None:
        tokenizer.post_processor = post_processor
    if decoder is not None:
        tokenizer.decoder = decoder
    for name in added:
        tokenizer.add_tokens(ADDED[name])
    return tokenizer


BLOCKS = [(0, 0xD800), (0xE000, 0x14000), (0x16000, 0x17000), (0x1B000, 0x20000), (0x20000, 0x34000), (0xE0000, 0xE0200)]


def make_newer_text(rng):
    text = make_text(rng)
    for _ in range(rng.randrange(1, 6)):
        at = rng.randrange(len(text) + 1)
        text = text[:at] + chr(rng.randrange(*rng.choice(BLOCKS))) + text[at:]
    return text


rng = random.Random(arguments.seed)
TEXTS = [(make_newer_text if arguments.newer else make_text)(rng) for _ in range(arguments.texts)]


def run(name, definition):
    tokenizer = build(*definition)
    frame = json.loads(tokenizer.to_str())
    del frame["model"]
    cases = []
    for text in TEXTS:
        encoding = tokenizer.encode(text)
        random_ids = [rng.randrange(tokenizer.get_vocab_size() + 3) for _ in range(6)]
        cases.append({
            "ids": encoding.ids,
            "offsets": [end for offset in encoding.offsets for end in offset],
            "decoded": tokenizer.decode(encoding.ids, skip_special_tokens=True),
            "random_ids": random_ids,
            "random_decoded": tokenizer.decode(random_ids, skip_special_tokens=False),
        })
    return {"name": name, "model": definition[0], "model_changes": definition[1], "tokenizer": frame, "cases": cases}


result = {
    "versions": {"tokenizers": tokenizers.__version__},
    "models": {name: model for name, model in MODELS.items() if name != "unigram"},
    "texts": TEXTS,
    "tokenizers": [run(name, definition) for name, definition in definitions()],
}
arguments.out.parent.mkdir(parents=True, exist_ok=True)
arguments.out.write_text(json.dumps(result, ensure_ascii=False, separators=(",", ":")) + "\n")
print(f"{arguments.out}: {len(result['tokenizers'])} tokenizers × {len(TEXTS)} texts")
