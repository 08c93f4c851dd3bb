#!/usr/bin/env python3
"""Prompts and scores of lm-evaluation-harness over the synthetic data: packages/eval/fixtures/expected/prompts-*.json.

    python3 -m venv /tmp/lm-eval
    /tmp/lm-eval/bin/pip install --no-deps lm_eval==0.4.13
    /tmp/lm-eval/bin/pip install sacrebleu==2.6.0 datasets jinja2 dill more_itertools typing_extensions tqdm regex requests \
        aiohttp tenacity scikit-learn==1.6.1 pyyaml
    /tmp/lm-eval/bin/python scripts/reference/eval/make_prompts.py [english mmlu mmmlu translated flores]

The harness runs its own task files; only the place of the data is another. The model is a stand-in whose log-likelihoods are made
of the SHA-256 of what it is asked, so that scores can be compared too; what it writes is a variation of a right answer.
"""
import csv
import hashlib
import json
import os
import sys
import tempfile
from pathlib import Path

os.environ.update(HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1", DISABLE_MULTIPROC="1", TOKENIZERS_PARALLELISM="false")

import lm_eval  # noqa: E402
from lm_eval.api.model import LM  # noqa: E402
from lm_eval.tasks import TaskManager  # noqa: E402

ROOT = Path(__file__).resolve().parents[3]
DATA = ROOT / "packages/eval/fixtures/data"
OUT = ROOT / "packages/eval/fixtures/expected"
LANGUAGES = {"en": "eng_Latn", "de": "deu_Latn", "es": "spa_Latn", "fr": "fra_Latn", "it": "ita_Latn", "pt": "por_Latn"}
TRANSLATED = ["de", "es", "fr", "it", "pt"]
MMLU = sorted(path.name for path in (DATA / "cais/mmlu").iterdir() if path.is_dir())


def files(folder, **splits):
    """The files of a data set by the names that the harness knows its splits by."""
    return {split: str(DATA / folder / f"{name}.jsonl") for split, name in splits.items()}


def flores(scratch):
    """Plain texts as one table of sentences, without spaces at their ends, as the reader of the hub's own makes it."""
    tables = {}
    for split in ("dev", "devtest"):
        columns = {f"sentence_{code}": (DATA / "facebook/flores" / split / f"{code}.{split}").read_text("utf-8").splitlines() for code in sorted(LANGUAGES.values())}
        rows = [{"id": i, **{column: value.strip() for column, value in zip(columns, values, strict=True)}} for i, values in enumerate(zip(*columns.values(), strict=True), 1)]
        tables[split] = str(scratch / f"{split}.jsonl")
        Path(tables[split]).write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return tables


def mmmlu(scratch):
    """Tables as rows of texts."""
    tables = {}
    for path in sorted((DATA / "openai/MMMLU/test").iterdir()):
        rows = csv.DictReader(path.open(encoding="utf-8", newline=""))
        tables[path.stem[len("mmlu_") :].lower().replace("-", "_")] = table = scratch / f"{path.stem}.jsonl"
        table.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return {f"mmmlu_{language}_{subject}": {"test": str(table)} for language, table in tables.items() for subject in ("miscellaneous", "computer_security")}


def groups(scratch):
    train_validation = {"train": "train", "validation": "validation"}
    science = {**train_validation, "test": "test"}
    sentences = flores(scratch)
    pairs = [(a, b) for a in LANGUAGES for b in LANGUAGES if a != b]
    return {
        "english": {
            "arc_easy": files("allenai/ai2_arc/ARC-Easy", **science),
            "arc_challenge": files("allenai/ai2_arc/ARC-Challenge", **science),
            "openbookqa": files("allenai/openbookqa/main", **science),
            "commonsense_qa": files("tau/commonsense_qa/data", **train_validation),
            "piqa": files("baber/piqa/data", **train_validation),
            "social_iqa": files("lighteval/siqa/data", **train_validation),
            "hellaswag": files("Rowan/hellaswag/data", **train_validation),
            "winogrande": files("allenai/winogrande/winogrande_xl", **train_validation),
            "triviaqa": files("mandarjoshi/trivia_qa/rc.nocontext", **train_validation),
            "nq_open": files("google-research-datasets/nq_open/nq_open", **train_validation),
        },
        "mmlu": {
            name: files(f"cais/mmlu/{subject}", test="test", validation="validation", dev="dev")
            for i, subject in enumerate(MMLU)
            for name in [f"mmlu_{subject}", *([f"mmlu_{subject}_continuation"] if i % 8 == 0 else [])]
        },
        "mmmlu": mmmlu(scratch),
        "translated": {
            name: data
            for code in TRANSLATED
            for name, data in {
                f"arc_{code}": files(f"alexandrainst/m_arc/{code}", train="train", validation="val", test="test"),
                f"m_mmlu_{code}": files(f"alexandrainst/m_mmlu/{code}", train="train", val="val", test="test"),
                f"hellaswag_{code}": files(f"alexandrainst/m_hellaswag/{code}", val="val"),
            }.items()
        },
        "flores": {
            f"{bench}_flores_{a}-{b}": sentences
            for a, b in pairs
            for bench, code in (("spanish_bench", "es"), ("portuguese_bench", "pt"))
            if code in (a, b) and (bench == "spanish_bench" or "es" not in (a, b))
        },
    }


def number(*texts):
    """32 bits made of what is asked."""
    return int.from_bytes(hashlib.sha256("\0".join(texts).encode()).digest()[:4], "big")


# Examples, where there are too few rows for five.
FEWER = {"mmmlu": 1}


class StandIn(LM):
    def loglikelihood(self, requests, disable_tqdm=False):
        return [(-8.0 * number(*request.args) / 2**32, bool(number(*request.args) & 1)) for request in requests]

    def loglikelihood_rolling(self, requests, disable_tqdm=False):
        raise NotImplementedError

    def generate_until(self, requests, disable_tqdm=False):
        return [self.written(request) for request in requests]

    def written(self, request):
        context, doc = request.args[0], request.doc
        if "answer" in doc:
            answers = doc["answer"] if isinstance(doc["answer"], list) else doc["answer"]["aliases"]
            variants = [f" {answers[0]}", f" the {answers[-1]}!", f"{answers[0].upper()} ", " nobody knows", f" The {answers[0]}"]
            return variants[number(context) % len(variants)]
        # A translation without some of its words.
        into = next(code for code, name in LANGUAGES.items() if context.endswith(f"{NAMES[code]} sentence:"))
        words = doc[f"sentence_{LANGUAGES[into]}"].split(" ")
        return " ".join(word for i, word in enumerate(words) if number(context, str(i)) % 4)


NAMES = {"en": "English", "de": "German", "es": "Spanish", "fr": "French", "it": "Italian", "pt": "Portuguese"}


def short(text):
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def item(sample):
    """A document in few digits: the hash of all its requests, of the document and of its target, and what was written."""
    arguments = sample["arguments"]
    generated = isinstance(arguments[0][1], dict)
    texts = [arguments[0][0]] if generated else [text for pair in arguments for text in pair]
    return {
        "requests": short("\0".join(texts)),
        "doc": sample["doc_hash"][:16],
        "prompt": sample["prompt_hash"][:16],
        "target": sample["target_hash"][:16],
        **({"written": sample["resps"][0][0]} if generated else {}),
    }


def whole(sample):
    """A document in full."""
    arguments = sample["arguments"]
    if isinstance(arguments[0][1], dict):
        context, kwargs = arguments[0]
        return {"doc": sample["doc"], "target": str(sample["target"]), "context": context, "kwargs": kwargs}
    return {"doc": sample["doc"], "target": str(sample["target"]), "requests": [list(pair) for pair in arguments]}


def task_over(manager, name, data):
    """The harness's own task, with its data from our files."""
    place = {"dataset_path": "json", "dataset_name": None, "dataset_kwargs": {"data_files": data}}
    return manager._factory.build(manager.task_index[name], overrides=place, registry=manager.task_index)


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    manager = TaskManager()
    with tempfile.TemporaryDirectory() as scratch:
        for group, tasks in groups(Path(scratch)).items():
            if len(sys.argv) > 1 and group not in sys.argv[1:]:
                continue
            expected = {}
            built = [task_over(manager, name, data) for name, data in tasks.items()]
            # A task that has been run without examples keeps to it.
            for shots in (FEWER.get(group, 5), 0):
                result = lm_eval.simple_evaluate(model=StandIn(), tasks=built, num_fewshot=shots, task_manager=manager, bootstrap_iters=100, log_samples=True)
                for name in tasks:
                    samples = sorted(result["samples"][name], key=lambda sample: sample["doc_id"])
                    metrics = {key: value for key, value in result["results"][name].items() if isinstance(value, float)}
                    expected.setdefault(name, {"version": result["versions"][name], "byShots": {}})["byShots"][f"{shots}-shot"] = {
                        "metrics": metrics,
                        "items": [item(sample) for sample in samples],
                        "first": [whole(sample) for sample in samples[:2] if group != "mmlu" or MMLU[0] in name],
                    }
            text = json.dumps({"lm_eval": lm_eval.__version__, "tasks": expected}, ensure_ascii=False, indent=1, default=str)
            (OUT / f"prompts-{group}.json").write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
