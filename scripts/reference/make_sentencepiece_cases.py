"""Tiny SentencePiece models of both kinds and what the library makes of texts.

    python -m venv .venv && .venv/bin/pip install sentencepiece==0.2.3
    .venv/bin/python scripts/reference/make_sentencepiece_cases.py

writes fixtures/sentencepiece/{name}.model and cases.json, the same bytes for the same version. A larger one-off
comparison, F and G relative to the repository (G: models of one's own beside the trained ones):

    .venv/bin/python scripts/reference/make_sentencepiece_cases.py --texts 2000 --out F [--models G/*.model]
    SENTENCEPIECE_CASES=F npx vitest run packages/helium/src/tokenizer/sentencepiece
"""

import argparse
import io
import json
import random
import shutil
from pathlib import Path

import sentencepiece

ROOT = Path(__file__).resolve().parents[2]

parser = argparse.ArgumentParser()
parser.add_argument("--texts", type=int, default=60)
parser.add_argument("--seed", type=int, default=7)
parser.add_argument("--out", type=Path, default=ROOT / "fixtures/sentencepiece")
parser.add_argument("--models", type=Path, nargs="*", default=[])
arguments = parser.parse_args()

LANGID = json.loads((ROOT / "models/helium-nano-langid/expected.json").read_text())["rows"]
CASES = json.loads((ROOT / "fixtures/tokenizer/cases.json").read_text())["cases"]
CORPUS = [row["text"] for row in LANGID] + [case["text"] for case in CASES if case["text"].strip()]

WORDS = (
    "the and Hello world don't it's naïve café Größe Straße été niño coração 日本語 テキスト 中文 한국어 Привет мир γειά שלום "
    "مرحبا हिन्दी ไทย x² ½ 1234 3.14 a_b foo(bar) if(a<b&&c>d){} https://example.com/?q=1 😀 👩‍👩‍👧 🇫🇷 ＡＢＣ ﬁ ſ "
    "e\u0301 ① Ⅷ İ ß “q” … — <sep> <sep><sep> x<sep>y <s> </s> <unk> <0x41> ▁ ▁x aaaa abababab"
).split(" ")
SPACES = [" "] * 10 + ["", "", "  ", "   ", "\n", "\n\n", "\t", "\r\n", "\u00a0", "\u3000", "\u200b", "\ufeff", ".", ", ", "-", "1"]


def make_text(rng):
    kind = rng.random()
    if kind < 0.2:
        return rng.choice(CORPUS)
    if kind < 0.3:
        return rng.choice("a b1\n▁é😀 ") * rng.randrange(1, 40)
    start = rng.choice(SPACES) if rng.random() < 0.3 else ""
    return start + "".join(rng.choice(WORDS) + rng.choice(SPACES) for _ in range(rng.randrange(1, 12)))


MODELS = {
    "bpe": dict(model_type="bpe", byte_fallback=True, normalization_rule_name="identity", remove_extra_whitespaces=False),
    "bpe-nfkc": dict(model_type="bpe", user_defined_symbols=["<sep>", "日本"]),
    "unigram": dict(model_type="unigram"),
    "unigram-bytes": dict(
        model_type="unigram", byte_fallback=True, normalization_rule_name="nmt_nfkc_cf", user_defined_symbols=["<sep>"],
        add_dummy_prefix=False, pad_id=3,
    ),
}


def train(options):
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(CORPUS), model_writer=model, vocab_size=900, hard_vocab_limit=False, num_threads=1,
        minloglevel=2, **options,
    )
    return model.getvalue()


def main():
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name, options in MODELS.items():
        (arguments.out / f"{name}.model").write_bytes(train(options))
    for path in arguments.models:
        shutil.copy(path, arguments.out / f"{path.name}.model")
    names = [*MODELS, *(path.name for path in arguments.models)]
    rng = random.Random(arguments.seed)
    texts = ["", " ", "  ", "a", " a ", "\n"] + [make_text(rng) for _ in range(arguments.texts)]
    results = {}
    for name in names:
        processor = sentencepiece.SentencePieceProcessor(model_file=str(arguments.out / f"{name}.model"))
        ids = [processor.encode(text) for text in texts]
        results[name] = {"ids": ids, "decoded": [processor.decode(row) for row in ids]}
    content = {"sentencepiece": sentencepiece.__version__, "texts": texts, "models": results}
    (arguments.out / "cases.json").write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n")


main()
