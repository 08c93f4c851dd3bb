"""What lm-evaluation-harness, and the evaluation scripts of SQuAD, TriviaQA and MKQA, make of pinned outcomes.

    python3.11 -m venv .venv
    .venv/bin/pip install --no-deps lm_eval==0.4.13
    .venv/bin/pip install sacrebleu==2.6.0 datasets==5.0.1 jinja2 dill more_itertools typing_extensions tqdm regex requests aiohttp \
        tenacity scikit-learn==1.6.1 pyyaml tokenizers==0.22.2 transformers==5.18.0
    .venv/bin/python scripts/reference/eval/make_metric_cases.py --triviaqa T --mkqa M --lighteval L

where T, M and L are checkouts of mandarjoshi90/triviaqa, apple/ml-mkqa and huggingface/lighteval, whose functions are called as they
stand there. Writes packages/eval/fixtures/expected/metrics.json, the same bytes for the same versions.
"""

import argparse
import ast
import json
import os
import random
import re
import string
import sys
import types
import unicodedata
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

os.environ["DISABLE_MULTIPROC"] = "1"
os.environ["HF_HUB_OFFLINE"] = "1"

import numpy as np  # noqa: E402
from lm_eval.api import metrics as harness  # noqa: E402
from lm_eval.api.registry import get_metric  # noqa: E402
from lm_eval.api.task import ConfigurableTask  # noqa: E402
from lm_eval.utils import softmax  # noqa: E402
from sklearn.calibration import calibration_curve  # noqa: E402
from transformers.data.metrics import squad_metrics  # noqa: E402

ROOT = Path(__file__).resolve().parents[3]
OUT = ROOT / "packages/eval/fixtures/expected/metrics.json"

parser = argparse.ArgumentParser()
parser.add_argument("--triviaqa", type=Path, required=True)
parser.add_argument("--mkqa", type=Path, required=True)
parser.add_argument("--lighteval", type=Path, required=True)
arguments = parser.parse_args()

assert version("lm_eval") == "0.4.13", version("lm_eval")
np.seterr(all="ignore")
rng = random.Random(14)

CHOICES = "A|B|yes|no|größer|naïve café|日本語|😀 smile|👩‍👩‍👧|a longer answer of several words|12|€5|e\u0301te\u0301| leading|trailing ".split("|")


def task(output_type, metrics, **attributes):
    """A task of the harness without data: its method `process_results` reads these attributes alone."""
    made = object.__new__(ConfigurableTask)
    made.OUTPUT_TYPE = output_type
    made._config = types.SimpleNamespace(process_results=None, doc_to_choice=True)
    made._metric_fn_list = {name: get_metric(name) for name in metrics}
    made._metric_fn_kwargs = {name: {} for name in metrics}
    made.multiple_input = 0
    made.multiple_target = 0
    for name, value in attributes.items():
        setattr(made, name, value)
    return made


def functions_of(path, names, given):
    """Functions, classes and constants of a source file, without what else it imports."""
    wanted = [
        node
        for node in ast.parse(path.read_text()).body
        if (isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name in names)
        or (isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id in names)
    ]
    assert len(wanted) == len(names), (path, names)
    scope = dict(given)
    exec(compile(ast.Module(wanted, []), str(path), "exec"), scope)
    return scope


OLMES = functions_of(
    arguments.lighteval / "src/lighteval/metrics/normalizations.py",
    ["LogProbPMINorm", "LogProbTokenNorm", "LogProbCharNorm", "LogProbNormalization", "normalize_log_probs"],
    {"dataclass": dataclass},
)


def multiple_choice_case(choices, lls, unconditional, gold):
    made = task(
        "multiple_choice",
        ["acc", "acc_norm", "acc_bytes", "acc_mutual_info"],
        doc_to_choice=lambda doc: choices,
        doc_to_target=lambda doc: gold,
    )
    found = made.process_results({}, [(ll, False) for ll in lls + unconditional])
    plain = task("multiple_choice", ["acc"], doc_to_choice=lambda doc: choices, doc_to_target=lambda doc: gold)
    assert plain.process_results({}, [(ll, False) for ll in lls])["acc"] == found["acc"]
    # lighteval counts the space before an answer where it is part of the answer.
    spaced = [f" {choice}" for choice in choices]
    by_character = OLMES["normalize_log_probs"](OLMES["LogProbCharNorm"](), lls, None, spaced, None)
    return {
        "choices": choices,
        "logprobs": lls,
        "unconditionalLogprobs": unconditional,
        "gold": gold,
        "metrics": {
            **{name: float(found[name]) for name in ["acc", "acc_norm", "acc_bytes", "acc_mutual_info"]},
            "acc_char": float(np.argmax(by_character) == gold),
        },
        "probabilities": softmax(np.array(lls)).tolist(),
    }


def multiple_choice_cases():
    cases = [
        multiple_choice_case(["A", "B", "C", "D"], [-2.0, -1.0, -1.0, -3.0], [-1.0] * 4, 1),
        multiple_choice_case(["A", "B", "C", "D"], [-2.0, -1.0, -1.0, -3.0], [-1.0] * 4, 2),
        multiple_choice_case(["", "a"], [-3.0, -1.0], [-1.0, -1.0], 0),
        multiple_choice_case(["a", ""], [-3.0, 0.0], [-1.0, -1.0], 1),
        multiple_choice_case(["a", "b"], [-3.0, -2.0], [-1.0, -1.0], 5),
    ]
    for _ in range(120):
        choices = rng.sample(CHOICES, rng.randrange(2, 6))
        step = rng.choice([1.0, 0.25, 1e-9])
        lls, unconditional = ([-rng.randrange(1, 40) * step for _ in choices] for _ in range(2))
        cases.append(multiple_choice_case(choices, lls, unconditional, rng.randrange(len(choices))))
    return cases


ANSWERS = (
    "Paris|the Eiffel Tower|Eiffel Tower!|The  Eiffel Tower|An apple a day|U.S.|US|u.s.a.|New-York|New York|l'Hôpital|L’Hôpital|el niño|El Niño|¿Qué?|"
    "der Große|die STRASSE|Straße|uma casa|a casa|o Brasil|le lemon|lemon|un'amica|gli amici|des pommes|3,5 %|3.5|1_000|“quoted”|`code`|don't|dont|"
    "theatre|a the an|the|.|| |a|La La Land|und das Meer|日本 語|İstanbul|ΣΟΦΟΣ|the-a|x\u00a0y\u2003z|they're `the´ best|l’an|i lupi|il|um|degli|delluomo"
).split("|")
HARNESS_OPTIONS = [
    {},
    {"ignore_case": True},
    {"ignore_punctuation": True},
    {"ignore_case": True, "ignore_punctuation": True},
    {"regexes_to_ignore": [r"\b(?:The |the |An |A |The |a |an )"], "ignore_case": True, "ignore_punctuation": True},
    {"regexes_to_ignore": [",", r"\$", "(?s).*#### "]},
]


def pairs(count):
    made = []
    for _ in range(count):
        prediction = rng.choice(ANSWERS)
        if rng.random() < 0.4:
            prediction = f"{prediction} {rng.choice(ANSWERS)}"
        references = [rng.choice(ANSWERS) for _ in range(rng.randrange(1, 5))]
        if rng.random() < 0.4:
            references.append(rng.choice([prediction.upper(), prediction + ".", "The " + prediction, prediction]))
        elif rng.random() < 0.4:
            references.append(f"{rng.choice(ANSWERS)} {prediction} {prediction}")
        made.append((prediction, references))
    return made


def exact_match_cases():
    cases = []
    for options in HARNESS_OPTIONS:
        # In which order things are removed shows in the first two.
        for prediction, references in [("the-a cat", ["the-cat"]), ("THE cat", ["cat"]), *pairs(40)]:
            made = task("generate_until", ["exact_match"], multiple_target=len(references), doc_to_target=lambda doc: references)
            made._config.doc_to_choice = None
            made._metric_fn_kwargs = {"exact_match": options}
            found = made.process_results({}, [prediction])["exact_match"]
            cases.append({"prediction": prediction, "references": references, "options": options, "exactMatch": float(found)})
    return cases


def squad_cases():
    cases = []
    for prediction, references in pairs(80):
        cases.append(
            {
                "prediction": prediction,
                "references": references,
                "exactMatch": max(squad_metrics.compute_exact(one, prediction) for one in references),
                "f1": max(squad_metrics.compute_f1(one, prediction) for one in references),
            }
        )
    return cases


def normalizers():
    from collections import Counter

    from enum import Enum

    squad = {"squad": squad_metrics.normalize_answer}
    trivia = functions_of(arguments.triviaqa / "evaluation/triviaqa_evaluation.py", ["normalize_answer"], {"re": re, "string": string})
    mkqa = functions_of(
        arguments.mkqa / "mkqa_eval_util.py",
        ["MIXED_SEGMENTATION_LANGS", "ARTICLE_REGEX_BY_LANG", "whitespace_tokenize", "mixed_segmentation", "normalize_answer_by_language"],
        {"re": re, "string": string, "Counter": Counter},
    )
    source = arguments.lighteval / "src/lighteval"
    languages = {}
    for name, code in {"ENGLISH": "en", "GERMAN": "de", "SPANISH": "es", "FRENCH": "fr", "ITALIAN": "it", "PORTUGUESE": "pt"}.items():
        languages[name] = code
    others = "FINNISH GREEK NORWEGIAN SWEDISH TURKISH DUTCH HUNGARIAN CATALAN HEBREW GALICIAN".split()
    Language = Enum("Language", {**languages, **{name: name.lower() for name in others}})
    lighteval = functions_of(
        source / "metrics/normalizations.py",
        ["PUNCT", "_ARTICLE_PATTERNS", "remove_articles", "remove_punc"],
        {"re": re, "string": string, "sys": sys, "unicodedata": unicodedata, "Language": Language},
    )

    def multilingual(language):
        def normalize(text):
            # Words are what stands between white space, instead of what spaCy makes of it.
            return " ".join(lighteval["remove_punc"](lighteval["remove_articles"](text, language)).lower().split())

        return normalize

    def official(code):
        return lambda text: mkqa["normalize_answer_by_language"](text, code)

    return {
        **squad,
        "triviaqa": trivia["normalize_answer"],
        **{f"mkqa-{code}": official(code) for code in languages.values()},
        **{f"multilingual-{code}": multilingual(Language(code)) for code in languages.values()},
    }


def aggregation_cases():
    cases = []
    for n in [1, 2, 5, 40, 333]:
        values = [float(rng.random() < 0.6) if n != 40 else rng.random() for _ in range(n)]
        cases.append({"values": values, "mean": harness.mean(values), "stderr": harness.mean_stderr(values) if n > 1 else None})
    return cases


def group_cases():
    cases = []
    for k in [1, 2, 3, 57]:
        sizes = [rng.randrange(2, 900) for _ in range(k)]
        scores = [rng.random() for _ in range(k)]
        stderrs = [rng.random() / 20 for _ in range(k)]
        cases.append(
            {
                "sizes": sizes,
                "scores": scores,
                "stderrs": stderrs,
                "micro": harness.aggregate_subtask_metrics(scores, sizes, True),
                "macro": harness.aggregate_subtask_metrics(scores, sizes, False),
                "stderr": float(harness.pooled_sample_stderr(stderrs, sizes)),
            }
        )
    return cases


def bootstrap_cases():
    words = "the cat dog sat on a mat and ran fast home again . ,".split()
    items = []
    for _ in range(12):
        reference = [rng.choice(words) for _ in range(rng.randrange(4, 14))]
        prediction = [rng.choice(words) if rng.random() < 0.3 else word for word in reference]
        items.append((" ".join(reference), " ".join(prediction)))
    values = [float(rng.random() < 0.7) for _ in range(50)]
    logprobs = [-rng.random() * 10 for _ in range(30)]
    means = [[n, harness.bootstrap_stderr(harness.mean, values, n)] for n in [2, 100, 1000, 2500]]
    return {
        "values": values,
        "mean": means,
        "logprobs": logprobs,
        "perplexity": {"score": harness.perplexity(logprobs), "stderr": harness.bootstrap_stderr(harness.perplexity, logprobs, 300)},
        "translations": items,
        "bleu": {"score": harness.bleu(items), "stderr": harness.stderr_for_metric(harness.bleu, 100)(items)},
        "chrf": {"score": harness.chrf(items), "stderr": harness.stderr_for_metric(harness.chrf, 100)(items)},
        "multiple": harness.bleu([([one[0], one[1] + " x"], one[1]) for one in items]),
    }


def rolling_cases():
    texts = ["", "one", "two words", " padded \n", "Größe\u00a0und Maß\n\nzwei Absätze", "日本語 テキスト 😀", "a\u2028b\u0085c\u001cd"]
    made = task("loglikelihood_rolling", ["word_perplexity", "byte_perplexity", "bits_per_byte"], doc_to_target=lambda doc: doc)
    lls = [-rng.random() * 20 for _ in texts]
    found = [made.process_results(text, [ll]) for text, ll in zip(texts, lls)]
    return {
        "texts": texts,
        "logprobs": lls,
        "words": [one["word_perplexity"][1] for one in found],
        "bytes": [one["byte_perplexity"][1] for one in found],
        "word_perplexity": harness.weighted_perplexity([one["word_perplexity"] for one in found]),
        "byte_perplexity": harness.weighted_perplexity([one["byte_perplexity"] for one in found]),
        "bits_per_byte": harness.bits_per_byte([one["bits_per_byte"] for one in found]),
    }


def calibration_cases():
    cases = []
    for bins in [1, 5, 10]:
        confidences = [0.0, 1.0, 0.2, 0.4, 0.5] + [round(rng.random(), 3) for _ in range(60)]
        right = [rng.random() < one for one in confidences]
        accuracies, means = calibration_curve(right, confidences, n_bins=bins, strategy="uniform")
        cases.append(
            {
                "bins": bins,
                "confidences": confidences,
                "right": right,
                "accuracies": accuracies.tolist(),
                "means": means.tolist(),
            }
        )
    return cases


def main():
    by_name = normalizers()
    content = {
        "versions": {name: version(name) for name in ["lm_eval", "sacrebleu", "transformers", "scikit-learn"]},
        "multipleChoice": multiple_choice_cases(),
        "exactMatch": exact_match_cases(),
        "squad": squad_cases(),
        "answers": ANSWERS,
        "normalized": {name: [normalize(one) for one in ANSWERS] for name, normalize in by_name.items()},
        "aggregation": aggregation_cases(),
        "groups": group_cases(),
        "bootstrap": bootstrap_cases(),
        "rolling": rolling_cases(),
        "calibration": calibration_cases(),
    }
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n")


main()
