#!/usr/bin/env python3
"""Prompts of OLMES as Kyutai's own evaluation makes them, over the synthetic data: packages/eval/fixtures/expected/prompts-olmes.json.

    git clone https://github.com/kyutai-labs/kairos /tmp/kairos
    python3 scripts/reference/eval/make_olmes_prompts.py /tmp/kairos

Needs Python's standard library only: of the evaluation just the functions that make texts are run, over rows of ours. Which rows are
shown as examples is read from its list of examples, by the columns that name them.
"""
import ast
import hashlib
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
DATA = ROOT / "packages/eval/fixtures/data"
OUT = ROOT / "packages/eval/fixtures/expected/prompts-olmes.json"
OLMES = Path(sys.argv[1]) / "kairos/evaluation/olmes"


def functions(path, names, scope):
    """Some functions and tables of a file, without its imports."""
    tree = ast.parse(path.read_text("utf-8"))
    kept = [node for node in tree.body if not isinstance(node, (ast.Import, ast.ImportFrom, ast.If))]
    if names is not None:
        kept = [node for node in kept if isinstance(node, ast.FunctionDef) and node.name in names]
    exec(compile(ast.Module(kept, []), str(path), "exec"), scope)
    return scope


scope = {"Path": Path, "json": json, "random": __import__("random"), "os": __import__("os"), "load_dotenv": lambda: None}
functions(OLMES / "fewshot_sources.py", None, scope)
functions(OLMES / "data.py", None, scope)
functions(OLMES / "evaluate.py", {"get_cf_context_and_continuation"}, scope)

# Name here, name there, loader, documents, examples, columns that name an example.
TASKS = [
    ("arc_easy", "arc_easy", "load_allenai", "allenai/ai2_arc/ARC-Easy/test", "allenai/ai2_arc/ARC-Easy/train", ["id"]),
    ("arc_challenge", "arc_challenge", "load_allenai", "allenai/ai2_arc/ARC-Challenge/test", "allenai/ai2_arc/ARC-Challenge/train", ["id"]),
    ("openbookqa", "obqa", "load_allenai", "allenai/openbookqa/main/test", "allenai/openbookqa/main/train", ["id"]),
    ("commonsense_qa", "csqa", "load_allenai", "tau/commonsense_qa/data/validation", "tau/commonsense_qa/data/train", ["id"]),
    ("piqa", "piqa", "load_piqa", "baber/piqa/data/validation", "baber/piqa/data/train", ["goal", "sol1"]),
    ("social_iqa", "siqa", "load_siqa", "lighteval/siqa/data/validation", "lighteval/siqa/data/train", ["context", "question", "answerA"]),
    ("hellaswag", "hellaswag", "load_hellaswag", "Rowan/hellaswag/data/validation", "Rowan/hellaswag/data/train", ["ind"]),
    ("winogrande", "winogrande", "load_winogrande", "allenai/winogrande/winogrande_debiased/validation", "allenai/winogrande/winogrande_debiased/train", ["answer", "sentence"]),
]


def rows(path):
    return [json.loads(line) for line in (DATA / f"{path}.jsonl").read_text("utf-8").splitlines()]


def documents_of(loader, path):
    """Documents as the evaluation loads them; a space before an answer's letter, which makes it leave the row out, is taken off first."""
    if loader == "load_allenai":
        return [scope["format_allenai"]({**row, "answerKey": row["answerKey"].strip()}) for row in rows(path)]
    return list(scope[loader](DATA / f"{path}.jsonl"))


def common(a, b):
    """How many characters two texts begin alike."""
    return next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))


def shown(there, loader, train, columns):
    """Our row for each of the first five examples: the one that is most like it in the columns that name it."""
    table = rows(train)
    loaded = documents_of(loader, train)
    places = []
    for example in scope["FEWSHOT_SOURCES"][there][:5]:
        places.append(max(range(len(table)), key=lambda i: sum(common(str(example[c]), str(table[i][c])) for c in columns)))
    assert len(set(places)) == 5, (there, places)
    return [loaded[place] for place in places]


def requests(example, there, shots, prefix):
    """Both forms of a document: (context, continuation) for each choice."""
    mcf = (f"{prefix}\n\n" if prefix else "") + "".join(scope["format_mcf_prompt"](shot, there, include_answer=True) + "\n\n" for shot in shots)
    gold = [shot["gold"] for shot in shots]
    cf = "".join(scope["format_cf_prompt"](shot, there, g) + "\n\n" for shot, g in zip(shots, gold))
    count = len(example["choices"])
    pairs = [scope["get_cf_context_and_continuation"](example, there, i) for i in range(count)]
    return {
        "mcf": [(mcf + scope["format_mcf_prompt"](example, there), f" {letter}") for letter in "ABCDEFGH"[:count]],
        "cf": [(cf + context, continuation) for context, continuation in pairs],
    }


def short(pairs):
    return hashlib.sha256("\0".join(text for pair in pairs for text in pair).encode()).hexdigest()[:16]


def pinned(documents, there, shots, prefix=None, whole=1):
    made = [requests(example, there, shots, prefix) for example in documents]
    return {form: {"items": [short(each[form]) for each in made], "first": [each[form] for each in made[:whole]]} for form in ("mcf", "cf")}


def main():
    expected = {}
    for here, there, loader, test, train, columns in TASKS:
        documents = documents_of(loader, test)
        examples = shown(there, loader, train, columns)
        expected[f"olmes_{here}"] = {f"{n}-shot": pinned(documents, there, examples[:n]) for n in (0, 5)}
    for subject in sorted(path.name for path in (DATA / "cais/mmlu").iterdir() if path.is_dir()):
        documents = list(scope["load_mmlu"](DATA / f"cais/mmlu/{subject}/test.jsonl"))
        examples = list(scope["load_mmlu"](DATA / f"cais/mmlu/{subject}/dev.jsonl"))[:5]
        prefix = f"The following are multiple choice questions (with answers) about {' '.join(subject.split('_'))}."
        expected[f"olmes_mmlu_{subject}"] = {"5-shot": pinned(documents, "mmlu", examples, prefix, whole=int(subject == "anatomy"))}
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(expected, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
