"""What sacrebleu makes of random translations: BLEU, chrF, tokens, signatures.

    python3.11 -m venv .venv && .venv/bin/pip install sacrebleu==2.6.0 sentencepiece==0.2.3
    .venv/bin/python scripts/reference/eval/make_translation_cases.py

writes packages/eval/fixtures/expected/translation.json, the same bytes for the same versions. The SentencePiece model stands where
sacrebleu looks for those of FLORES, so that it is used without a download; it is one of fixtures/sentencepiece. sentencepiece before 0.2.3
takes another one of two cuts with nearly the same sum, now and then. A larger one-off comparison, F relative to the repository:

    .venv/bin/python scripts/reference/eval/make_translation_cases.py --rounds 40 --seed 1 --out F
    TRANSLATION_CASES=F npx vitest run packages/eval/src/metrics/translation
"""

import argparse
import json
import os
import random
import shutil
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]

parser = argparse.ArgumentParser()
parser.add_argument("--rounds", type=int, default=1)
parser.add_argument("--seed", type=int, default=20261129)
parser.add_argument("--out", type=Path, default=ROOT / "packages/eval/fixtures/expected/translation.json")
arguments = parser.parse_args()

# Set before the import: sacrebleu reads it once.
HOME = Path(tempfile.mkdtemp())
os.environ["SACREBLEU"] = str(HOME)

import sacrebleu  # noqa: E402
from sacrebleu.metrics import BLEU, CHRF  # noqa: E402
from sacrebleu.metrics.bleu import _get_tokenizer  # noqa: E402

assert sacrebleu.__version__ == "2.6.0", sacrebleu.__version__

MODELS = {"sacrebleu_tokenizer_spm.model": "unigram", "flores200sacrebleuspm": "unigram-bytes"}

WORDS = {
    "en": "the a small house stands near river and nobody's dog it's 3.14 1,000 well-known e.g. U.S. Mr. don't 7th (perhaps)",
    "fr": "la maison près de l'eau où garçon été n'est qu'un cœur naïf 3,5 1 000 aujourd'hui « bonjour » M. c'est-à-dire",
    "de": "das Haus am Fluß größer Straße für Übung 3,14 1.000 z.B. d.h. „Hallo“ E-Mail Größe: €5,00/Stück 1.5m² Öl",
    "it": "la casa sull'acqua perché città è più dell'uomo 3,5 n.1 così «ciao» un'altra sant'Anna po' 1.000.000",
    "pt": "a casa não está à beira do rio coração português 3,5% n.º guarda-chuva “olá” São 1.000 lá-fora você? Sr.",
    "es": "la casa está junto al río niño ¿qué? ¡sí! español 3,5% n.º 5 «hola» mañana 1.000 EE.UU. porqué",
}
ODD = (
    "&quot;quoted&quot; &amp; &lt;tag&gt; &apos; <skipped> -\n \n \t \u00a0 \u0085 \u2028 \u200b \ufeff \u001c … — – - -- --- ... ,, .,. 5. 5, .5 ,5 5-5 -5 "
    "x-5 5-x $5 5$ ½ x² ٣,٤ Ⅷ. ①, a_b a+b a=b a/b a\\b [x] {y} ~z~ `q` ^w^ |v| @me #tag 100% *bold* 日本語。 テキスト、 中文，好 한국어. Привет, мир! "
    "γειά; שלום! مرحبا؟ हिन्दी। ไทย 😀 👩‍👩‍👧 🇫🇷 e\u0301te\u0301 ﬁn ＡＢＣ！ “x” ‘y’ „z‟ ‹w› İI ß ΣΑΣ ǅ €9 9€ £1.5 °C ° § ¶ © ™ ≠ ∑ ▁ ▁x <unk> <s>"
).split(" ")

rng = random.Random(arguments.seed)


def sentence(language):
    words = WORDS[language].split(" ")
    count = rng.choice([1, 2, 3, 5, 8, 13, 20])
    line = " ".join(rng.choice(ODD) if rng.random() < 0.15 else rng.choice(words) for _ in range(count))
    line = line[:1].upper() + line[1:]
    return line + rng.choice([".", "!", "?", "", " .", "...", "\n", "  "])


def changed(line):
    """A translation that is partly the reference."""
    words = line.split(" ")
    for _ in range(rng.choice([0, 1, 1, 2, 4])):
        at = rng.randrange(len(words))
        kind = rng.random()
        if kind < 0.3 and len(words) > 1:
            del words[at]
        elif kind < 0.5:
            words.insert(at, rng.choice(rng.choice(list(WORDS.values())).split(" ")))
        elif kind < 0.7:
            words[at] = words[at].upper() if rng.random() < 0.5 else words[at][::-1]
        elif kind < 0.85:
            other = rng.randrange(len(words))
            words[at], words[other] = words[other], words[at]
        else:
            words[at] = rng.choice(ODD)
    return " ".join(words)


def corpus(language, size, references, is_variable):
    rows = []
    for _ in range(size):
        source = sentence(language)
        count = rng.randrange(1, references + 1) if is_variable else references
        hypothesis = "" if rng.random() < 0.04 else changed(source)
        rows.append({"hypothesis": hypothesis, "references": [source] + [changed(source) for _ in range(count - 1)]})
    return rows


def streams(rows):
    most = max(len(row["references"]) for row in rows)
    return [[row["references"][i] if i < len(row["references"]) else None for row in rows] for i in range(most)]


BLEU_OPTIONS = [
    {},
    {"lowercase": True},
    {"tokenize": "intl"},
    {"tokenize": "char"},
    {"tokenize": "none"},
    {"tokenize": "intl", "lowercase": True},
    {"tokenize": "flores101"},
    {"tokenize": "flores200"},
    {"smooth_method": "floor"},
    {"smooth_method": "floor", "smooth_value": 0.25},
    {"smooth_method": "add-k"},
    {"smooth_method": "add-k", "smooth_value": 2},
    {"smooth_method": "none"},
    {"effective_order": True},
    {"effective_order": True, "smooth_method": "floor"},
    {"max_ngram_order": 2},
    {"max_ngram_order": 6, "smooth_method": "add-k", "effective_order": True},
]
CHRF_OPTIONS = [
    {},
    {"word_order": 2},
    {"eps_smoothing": True},
    {"word_order": 2, "eps_smoothing": True},
    {"lowercase": True},
    {"word_order": 1, "whitespace": True},
    {"beta": 3, "char_order": 4},
    {"beta": 1, "word_order": 2, "lowercase": True, "eps_smoothing": True, "whitespace": True},
]


def bleu_result(metric, score):
    return {
        "score": score.score,
        "precisions": score.precisions,
        "bp": score.bp,
        "sysLen": score.sys_len,
        "refLen": score.ref_len,
        # Smoothing by addition changes them in place.
        **({} if metric.smooth_method == "add-k" else {"counts": score.counts, "totals": score.totals}),
        "signature": str(metric.get_signature()),
        "short": metric.get_signature().format(short=True),
    }


def chrf_result(metric, score):
    return {
        "score": score.score,
        "name": score.name,
        "signature": str(metric.get_signature()),
        "short": metric.get_signature().format(short=True),
    }


def results(rows, kind, options, describe):
    of_corpus = kind(**options)
    whole = describe(of_corpus, of_corpus.corpus_score([row["hypothesis"] for row in rows], streams(rows)))
    # A new one for each sentence: the signature counts the references of the last call.
    of_sentence = kind(**options)
    sentences = [of_sentence.sentence_score(row["hypothesis"], row["references"]).score for row in rows[:4]]
    return {"options": options, "corpus": whole, "sentences": sentences}


def main():
    models = HOME / "models"
    models.mkdir()
    for name, model in MODELS.items():
        shutil.copy(ROOT / f"fixtures/sentencepiece/{model}.model", models / name)
    corpora = []
    for language in [*WORDS] * arguments.rounds:
        for size, references, is_variable in [(8, 1, False), (6, 3, False), (5, 3, True)]:
            rows = corpus(language, size, references, is_variable)
            corpora.append(
                {
                    "language": language,
                    "rows": rows,
                    "bleu": [results(rows, BLEU, options, bleu_result) for options in BLEU_OPTIONS],
                    "chrf": [results(rows, CHRF, options, chrf_result) for options in CHRF_OPTIONS],
                }
            )
    lines = [sentence(language) for language in WORDS for _ in range(25 * arguments.rounds)] + ODD + ["", " ", " ".join(ODD), "&amp;lt; &amp;quot;", "٣,4 4,٣"]
    tokenizers = {name: _get_tokenizer(name)() for name in ["13a", "intl", "char", "none", "flores101", "flores200"]}
    content = {
        "sacrebleu": sacrebleu.__version__,
        "models": {"flores101": MODELS["sacrebleu_tokenizer_spm.model"], "flores200": MODELS["flores200sacrebleuspm"]},
        "corpora": corpora,
        "lines": lines,
        "tokens": {name: [tokenizer(line).split() for line in lines] for name, tokenizer in tokenizers.items()},
    }
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n")
    shutil.rmtree(HOME)


main()
