"""The files that lm-evaluation-harness writes of a toy model on toy tasks: packages/eval/fixtures/expected/output-files.json.

    python3.11 -m venv .venv
    .venv/bin/pip install --no-deps lm_eval==0.4.13
    .venv/bin/pip install sacrebleu==2.6.0 datasets==5.0.1 jinja2 dill more_itertools typing_extensions tqdm regex requests aiohttp \
        tenacity scikit-learn==1.6.1 pyyaml transformers==5.18.0
    .venv/bin/python scripts/reference/eval/make_output_cases.py

Pins the keys of its files in their order, the lines of its samples, and what Python's `str` makes of targets. Run from anywhere.
"""

import json
import os
import re
import tempfile
from pathlib import Path

os.environ["DISABLE_MULTIPROC"] = "1"
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_DATASETS_OFFLINE"] = "1"

import lm_eval  # noqa: E402
from lm_eval.api.model import LM  # noqa: E402
from lm_eval.api.registry import register_model  # noqa: E402
from lm_eval.loggers import EvaluationTracker  # noqa: E402
from lm_eval.tasks import TaskManager  # noqa: E402
from lm_eval.utils import sanitize_model_name  # noqa: E402

ROOT = Path(__file__).resolve().parents[3]
OUT = ROOT / "packages/eval/fixtures/expected/output-files.json"

CHOICE_DOCS = [
    {"id": "q/1", "question": "¿Qué es “2 + 2”?", "choices": ["four", "cinco 🙂"], "gold": 0, "weight": 0.5},
    {"id": "q/2", "question": "Tab\there?", "choices": ["yes", "no"], "gold": 1, "weight": 1.5},
    {"id": "q/3", "question": "Which?", "choices": ["a", "b"], "gold": 1, "weight": 2.25},
]
ANSWER_DOCS = [
    {"question": "who", "answers": ["it's me", 'a "b"', "both ' and \""]},
    {"question": "où", "answers": ["là\u00a0bas", "back\\slash"]},
]
TEXT_DOCS = [{"page": "One two three."}, {"page": "Vier fünf."}]

TASKS = {
    "toy_choice": """
task: toy_choice
dataset_path: json
dataset_kwargs: {data_files: {test: FOLDER/choice.jsonl}}
output_type: multiple_choice
test_split: test
doc_to_text: "Question: {{question}}\\nAnswer:"
doc_to_choice: "{{choices}}"
doc_to_target: "{{gold}}"
metric_list:
  - {metric: acc, aggregation: mean, higher_is_better: true}
  - {metric: acc_norm, aggregation: mean, higher_is_better: true}
metadata: {version: 1.0}
""",
    "toy_answer": """
task: toy_answer
dataset_path: json
dataset_kwargs: {data_files: {test: FOLDER/answer.jsonl}}
output_type: generate_until
test_split: test
doc_to_text: "Q: {{question}}?\\nA:"
doc_to_target: "{{answers}}"
generation_kwargs: {until: ["\\n", "."], do_sample: false, temperature: 0.0, max_gen_toks: 256}
filter_list:
  - name: remove_whitespace
    filter: [{function: remove_whitespace}, {function: take_first}]
metric_list:
  - {metric: exact_match, aggregation: mean, higher_is_better: true, ignore_case: true}
metadata: {version: 4.0}
""",
    "toy_text": """
task: toy_text
dataset_path: json
dataset_kwargs: {data_files: {test: FOLDER/text.jsonl}}
output_type: loglikelihood_rolling
test_split: test
doc_to_text: ""
doc_to_target: "{{page}}"
metric_list: [{metric: word_perplexity}, {metric: bits_per_byte}]
metadata: {version: 2.0}
""",
    "toy_group": """
group: toy_group
task: [toy_choice]
aggregate_metric_list: [{metric: acc, weight_by_size: true}]
metadata: {version: 3}
""",
}


class Tokenizer:
    pad_token, pad_token_id = None, None
    eos_token, eos_token_id = "</s>", 2
    bos_token, bos_token_id = "<s>", 1


@register_model("toy")
class Toy(LM):
    tokenizer = Tokenizer()
    eot_token_id = 2
    max_length = 64

    def __init__(self, model=None, **_):
        super().__init__()

    def loglikelihood(self, requests, **_):
        return [(-len(rest) / 8 if "o" in rest else -3.0, "o" in rest) for _, rest in (r.args for r in requests)]

    def loglikelihood_rolling(self, requests, **_):
        return [-len(r.args[0]) * 0.7 for r in requests]

    def generate_until(self, requests, **_):
        return [" it's me " for _ in requests]


def run(folder):
    for name, docs in [("choice", CHOICE_DOCS), ("answer", ANSWER_DOCS), ("text", TEXT_DOCS)]:
        lines = [json.dumps(doc, ensure_ascii=False) for doc in docs]
        (folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for name, text in TASKS.items():
        (folder / f"{name}.yaml").write_text(text.replace("FOLDER", str(folder)), encoding="utf-8")
    tracker = EvaluationTracker(output_path=str(folder / "out"))
    results = lm_eval.simple_evaluate(
        model="toy",
        model_args="model=org/toy: a|b",
        tasks=["toy_group", "toy_answer", "toy_text"],
        task_manager=TaskManager(include_path=str(folder), include_defaults=False),
        evaluation_tracker=tracker,
        log_samples=True,
        bootstrap_iters=100,
    )
    samples = results.pop("samples")
    tracker.save_results_aggregated(results=results, samples=samples)
    for name in results["configs"]:
        tracker.save_results_samples(task_name=name, samples=samples[name])


def keys(value):
    return list(value)


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(folder)
        files = sorted(str(path.relative_to(folder / "out")) for path in (folder / "out").rglob("*.*"))
        time = re.search(r"results_(\S*?)\.json", " ".join(files)).group(1)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{6}", time), time
        [results_file] = (folder / "out").rglob("results_*.json")
        text = results_file.read_text(encoding="utf-8")
        results = json.loads(text)
        lines = {
            task: next((folder / "out").rglob(f"samples_{task}_*.jsonl")).read_text(encoding="utf-8").splitlines()
            for task in ["toy_choice", "toy_answer", "toy_text"]
        }
    names = ["kyutai/helium-1-preview-2b", 'a:/"<>|\\?*[]b', "./x", "plain", "a b.gguf"]
    targets = [0, 12, "text", "it's", ["a", "b"], ["it's"], ['say "x"', "both ' and \""], [], ["tab\t", "nl\n", "\r"]]
    targets += [["\u00a0\u2028\u200b", "\x7f\x00\x1b", "é½🙂", "\U000e0001", "back\\slash"], [1, 2], ["a", 3]]
    pinned = {
        "versions": {"lm_eval": results["lm_eval_version"]},
        "files": [file.replace(time, "TIME") for file in files],
        "top": keys(results),
        "config": keys(results["config"]),
        "rows": {name: keys(row) for name, row in results["results"].items()},
        "groups": {name: keys(row) for name, row in results["groups"].items()},
        "groupRow": results["results"]["toy_group"],
        "groupSubtasks": results["group_subtasks"],
        "versionsOfRows": results["versions"],
        "shots": results["n-shot"],
        "higherIsBetter": results["higher_is_better"],
        "counts": results["n-samples"],
        "taskHashes": results["task_hashes"],
        "configs": {name: keys(config) for name, config in results["configs"].items()},
        "tokens": {key: results[key] for key in keys(results) if key.startswith(("tokenizer_", "eot_"))},
        "figures": {
            name: {key: value for key, value in row.items() if "," in key} for name, row in results["results"].items()
        },
        "lines": lines,
        "names": {name: sanitize_model_name(name) for name in names},
        "targets": [[target, str(target)] for target in targets],
    }
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(pinned, indent=2, ensure_ascii=True) + "\n", encoding="utf-8")


main()
