#!/usr/bin/env python3
"""Writes packages/eval/fixtures/data: small stand-ins for the benchmarks, from the tables in synthetic/.

    python3 scripts/reference/eval/make_synthetic_data.py

Needs only Python's standard library, and writes the same bytes each time.
"""
import csv
import gzip
import hashlib
import io
import json
import shutil
from pathlib import Path

from synthetic import answers, commonsense, flores, mkqa, mmlu, more_subjects, olmes_examples, science, stories, translated_arc, translated_hellaswag, translated_mmlu

OUT = Path(__file__).parents[3] / "packages/eval/fixtures/data"


def write(path, data):
    file = OUT / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data if isinstance(data, bytes) else data.encode())


def jsonl(rows):
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def name_of(*parts):
    """A name that depends on the item only."""
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()


def each(tables, train=()):
    """The items of each split, numbered; those of `train` come last in the training split."""
    for split, items in tables.items():
        yield split, list(enumerate([*items, *(train if split == "train" else ())]))


def named(names, split, i, otherwise):
    """The first rows of a training split have the names of OLMES's examples."""
    return names[i] if split == "train" and i < len(names) else otherwise


def write_mmlu():
    for subject, splits in {**mmlu.MMLU, **more_subjects.MMLU}.items():
        for split, items in splits.items():
            rows = [dict(question=q, subject=subject, choices=choices, answer=gold) for q, choices, gold in items]
            write(f"cais/mmlu/{subject}/{split}.jsonl", jsonl(rows))


def lettered(choices, labels):
    return dict(text=choices, label=list(labels[: len(choices)]))


def write_science():
    for config, tables in {"ARC-Easy": science.ARC_EASY, "ARC-Challenge": science.ARC_CHALLENGE}.items():
        for split, items in each(tables):
            rows = []
            for i, (question, choices, gold, *labels) in items:
                labels = labels[0] if labels else "ABCDE"
                rows.append(dict(id=named(olmes_examples.ARC[config], split, i, f"Synthetic_{config[4:]}_{split}_{i}"), question=question, choices=lettered(choices, labels), answerKey=labels[gold]))
            write(f"allenai/ai2_arc/{config}/{split}.jsonl", jsonl(rows))
    for split, items in each(science.OPENBOOKQA):
        # Some keys of the real file begin with a space.
        rows = [
            dict(id=named(olmes_examples.OPENBOOKQA, split, i, f"{i}-{split}"), question_stem=stem, choices=lettered(choices, "ABCD"), answerKey=" " * (i % 5 == 4) + "ABCD"[gold])
            for i, (stem, choices, gold) in items
        ]
        write(f"allenai/openbookqa/main/{split}.jsonl", jsonl(rows))


def write_commonsense():
    for split, items in each(commonsense.COMMONSENSE_QA):
        rows = [
            dict(id=named(olmes_examples.COMMONSENSE_QA, split, i, name_of("csqa", question)[:32]), question=question, question_concept=concept, choices=dict(label=list("ABCDE"), text=choices), answerKey="ABCDE"[gold])
            for i, (question, concept, choices, gold) in items
        ]
        write(f"tau/commonsense_qa/data/{split}.jsonl", jsonl(rows))
    for split, items in each(commonsense.PIQA, olmes_examples.PIQA):
        write(f"baber/piqa/data/{split}.jsonl", jsonl(dict(goal=g, sol1=a, sol2=b, label=label) for _, (g, a, b, label) in items))
    for split, items in each(commonsense.SIQA, olmes_examples.SIQA):
        # Some labels of the real file end with a newline.
        rows = [
            dict(context=context, question=question, answerA=a, answerB=b, answerC=c, label=str(label) + "\n" * (i % 7 == 6))
            for i, (context, question, a, b, c, label) in items
        ]
        write(f"lighteval/siqa/data/{split}.jsonl", jsonl(rows))
    for config in ["winogrande_xl", "winogrande_debiased"]:
        for split, items in each(commonsense.WINOGRANDE):
            kept = items
            if config == "winogrande_debiased" and split == "train":
                kept = [*items[::2], *enumerate(olmes_examples.WINOGRANDE)]
            rows = [dict(sentence=s, option1=a, option2=b, answer=answer) for _, (s, a, b, answer) in kept]
            write(f"allenai/winogrande/{config}/{split}.jsonl", jsonl(rows))


def story(i, activity, ctx_a, ctx_b, endings, label, split):
    source = "wikihow" if "[title]" in ctx_a else "activitynet"
    return dict(
        ind=i,
        activity_label=activity,
        ctx_a=ctx_a,
        ctx_b=ctx_b,
        ctx=f"{ctx_a} {ctx_b}".rstrip(),
        endings=endings,
        source_id=f"{source}~v_{name_of(activity, ctx_a)[:11]}",
        split={"validation": "val"}.get(split, split),
        split_type="zeroshot" if i % 2 else "indomain",
        label=str(label),
    )


def write_stories():
    for split, items in each(stories.HELLASWAG):
        write(f"Rowan/hellaswag/data/{split}.jsonl", jsonl(story(named(olmes_examples.HELLASWAG, split, i, 3 * i + 4), *item, split) for i, item in items))
    for language, items in translated_hellaswag.ITEMS.items():
        rows = [story(3 * i + 4, *item, gold, "val") for i, (item, gold) in enumerate(zip(items, translated_hellaswag.GOLD, strict=True))]
        write(f"alexandrainst/m_hellaswag/{language}/val.jsonl", jsonl(rows))


def normalized(text):
    return " ".join("".join(c if c.isalnum() or c.isspace() else " " for c in text.lower()).split())


def write_answers():
    for split, items in each(answers.TRIVIA_QA):
        for config in ["rc.nocontext", "unfiltered.nocontext"]:
            rows = []
            # The unfiltered set has fewer questions than rc has rows here; the order differs too.
            for i, (question, value, aliases, kind) in items if config == "rc.nocontext" else items[::-1][: len(items) - 2]:
                every = [value, *aliases]
                answer = dict(
                    aliases=every,
                    normalized_aliases=sorted({normalized(alias) for alias in every}),
                    matched_wiki_entity_name="",
                    normalized_matched_wiki_entity_name="",
                    normalized_value=normalized(value),
                    type=kind,
                    value=value,
                )
                nothing = dict(doc_source=[], filename=[], title=[], wiki_context=[])
                rows.append(dict(question=question, question_id=f"syn_{i}", question_source="https://example.org/", entity_pages=nothing, answer=answer))
            write(f"mandarjoshi/trivia_qa/{config}/{split}.jsonl", jsonl(rows))
    for split, items in each(answers.NQ_OPEN):
        write(f"google-research-datasets/nq_open/nq_open/{split}.jsonl", jsonl(dict(question=q, answer=a) for _, (q, a) in items))


MMMLU = {"de": "DE-DE", "es": "ES-LA", "fr": "FR-FR", "it": "IT-IT", "pt": "PT-BR"}


def write_translated():
    for language, items in translated_mmlu.ITEMS.items():
        by_split = {}
        table = io.StringIO()
        writer = csv.writer(table, lineterminator="\n")
        writer.writerow(["", "Question", "A", "B", "C", "D", "Answer", "Subject"])
        for i, ((question, choices), (subject, split, gold)) in enumerate(zip(items, translated_mmlu.ROWS, strict=True)):
            options = {f"option_{letter}": choice for letter, choice in zip("abcd", choices, strict=True)}
            by_split.setdefault(split, []).append(dict(id=f"{subject}/{split}/{i}", instruction=question, **options, answer="ABCD"[gold]))
            if split == "test":
                writer.writerow([len(by_split["test"]) - 1, question, *choices, "ABCD"[gold], subject])
        for split, rows in by_split.items():
            write(f"alexandrainst/m_mmlu/{language}/{split}.jsonl", jsonl(rows))
        write(f"openai/MMMLU/test/mmlu_{MMMLU[language]}.csv", table.getvalue())
    for language, items in translated_arc.ITEMS.items():
        by_split = {}
        for i, ((question, choices), (split, gold)) in enumerate(zip(items, translated_arc.ROWS, strict=True)):
            # What is missing is null in one row and "" in another, as in the real files.
            missing = "" if i % 2 else None
            options = {f"option_{letter}": choices[k] if k < len(choices) else missing for k, letter in enumerate("abcde")}
            by_split.setdefault(split, []).append(dict(id=f"Synthetic_{split}_{i}", instruction=question, **options, answer="ABCDE"[gold]))
        for split, rows in by_split.items():
            write(f"alexandrainst/m_arc/{language}/{split}.jsonl", jsonl(rows))


def write_mkqa():
    rows = []
    for i, (kind, queries, given, entity) in enumerate(mkqa.ITEMS):
        per_language = given if isinstance(given, list) else [given] * len(queries)
        answers_of = {}
        for language, answer in zip(mkqa.LANGUAGES, per_language, strict=True):
            text, *aliases = answer or (None,)
            answers_of[language] = [dict(type=kind, **({"entity": entity} if entity else {}), text=text, aliases=aliases)]
        example = int(name_of("mkqa", queries[0])[:14], 16)
        rows.append(dict(query=queries[0], answers=answers_of, queries=dict(zip(mkqa.LANGUAGES, queries, strict=True)), example_id=-example if i % 2 else example))
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0, filename="") as file:
        file.write(jsonl(rows).encode())
    write("apple/mkqa/mkqa.jsonl.gz", buffer.getvalue())


def write_flores():
    for split, sentences in {"dev": flores.DEV, "devtest": flores.DEVTEST}.items():
        for code, lines in zip(flores.CODES, zip(*sentences, strict=True), strict=True):
            write(f"facebook/flores/{split}/{code}.{split}", "".join(line + "\n" for line in lines))


if __name__ == "__main__":
    shutil.rmtree(OUT, ignore_errors=True)
    write_mmlu()
    write_science()
    write_commonsense()
    write_stories()
    write_answers()
    write_translated()
    write_mkqa()
    write_flores()
