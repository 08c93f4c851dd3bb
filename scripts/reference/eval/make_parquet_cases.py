#!/usr/bin/env python3
"""Writes packages/eval/fixtures/formats: rows of the synthetic data sets in the formats and layouts that users have them in.

    python -m venv .venv && .venv/bin/pip install pyarrow==26.0.1
    .venv/bin/python scripts/reference/eval/make_parquet_cases.py

Reads packages/eval/fixtures/data, see make_synthetic_data.py. Rows that come out of these files must equal those there, but
for types.parquet, whose values types.json has as JSON would.
"""
import csv
import datetime
import decimal
import gzip
import io
import json
import shutil
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq

FIXTURES = Path(__file__).parents[3] / "packages/eval/fixtures"
DATA, OUT = FIXTURES / "data", FIXTURES / "formats"
COMMIT, OLDER = "c0ffee" * 6 + "c0ff", "0" * 39 + "1"


def rows_of(path):
    data = (DATA / path).read_bytes()
    text = (gzip.decompress(data) if path.endswith(".gz") else data).decode()
    return [json.loads(line) for line in text.split("\n") if line]


def target(path):
    file = OUT / path
    file.parent.mkdir(parents=True, exist_ok=True)
    return file


def parquet(path, rows, schema=None, **options):
    table = rows if isinstance(rows, pa.Table) else pa.Table.from_pylist(rows, schema=schema)
    pq.write_table(table, target(path), **options)


def jsonl(rows):
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def hub_snapshots():
    arc = rows_of("allenai/ai2_arc/ARC-Easy/test.jsonl")
    for part, rows in enumerate([arc[:12], arc[12:]]):
        parquet(f"hub/allenai/ai2_arc/ARC-Easy/test-0000{part}-of-00002.parquet", rows, compression="snappy")
    # Several row groups, and a name with a hash at its end.
    hellaswag = rows_of("Rowan/hellaswag/data/validation.jsonl")
    parquet("hub/Rowan/hellaswag/data/validation-00000-of-00001-90bb85eab85fcfa8.parquet", hellaswag, compression="zstd", row_group_size=7)


def converted():
    trivia = rows_of("mandarjoshi/trivia_qa/rc.nocontext/validation.jsonl")
    text = pa.list_(pa.string())
    pages = pa.struct({"doc_source": text, "filename": text, "title": text, "wiki_context": text})
    answer = pa.struct(
        {"aliases": text, "normalized_aliases": text, "matched_wiki_entity_name": pa.string(), "normalized_matched_wiki_entity_name": pa.string(),
         "normalized_value": pa.string(), "type": pa.string(), "value": pa.string()}
    )
    schema = pa.schema({"question": pa.string(), "question_id": pa.string(), "question_source": pa.string(), "entity_pages": pages, "answer": answer})
    parquet("converted/mandarjoshi/trivia_qa/rc.nocontext/validation/0000.parquet", trivia, schema, compression="gzip", data_page_version="2.0")
    # Integers of 64 bits, lists of structs of lists, and types as numbers, as the hub's conversion has them.
    kinds = ["entity", "long_answer", "unanswerable", "date", "number", "number_with_unit", "short_phrase", "binary"]
    mkqa = rows_of("apple/mkqa/mkqa.jsonl.gz")
    for row in mkqa:
        for answers in row["answers"].values():
            for one in answers:
                one["type"] = kinds.index(one["type"])
    languages = list(mkqa[0]["queries"])
    one = pa.struct({"type": pa.int64(), "entity": pa.string(), "text": pa.string(), "aliases": text})
    schema = pa.schema(
        {"query": pa.string(), "answers": pa.struct({language: pa.list_(one) for language in languages}),
         "queries": pa.struct({language: pa.string() for language in languages}), "example_id": pa.string()}
    )
    for row in mkqa:
        row["example_id"] = str(row["example_id"])
    parquet("converted/apple/mkqa/mkqa/train/0000.parquet", mkqa, schema, compression="none")
    parquet("converted/baber/piqa/plain_text/validation/0000.parquet", rows_of("baber/piqa/data/validation.jsonl"), compression="brotli")


def cache():
    """As huggingface_hub keeps it, with an older commit beside the one of main; the links of a real one are files here."""
    folder = "cache/datasets--cais--mmlu"
    rows = rows_of("cais/mmlu/sociology/test.jsonl")
    parquet(f"{folder}/snapshots/{COMMIT}/sociology/test-00000-of-00001.parquet", rows, compression="lz4")
    parquet(f"{folder}/snapshots/{OLDER}/sociology/test-00000-of-00001.parquet", rows[:1])
    target(f"{folder}/refs/main").write_text(COMMIT)


def first_publications():
    for split in ["dev", "test"]:
        for subject in ["machine_learning", "jurisprudence"]:
            text = io.StringIO()
            writer = csv.writer(text, lineterminator="\n")
            for row in rows_of(f"cais/mmlu/{subject}/{split}.jsonl"):
                writer.writerow([row["question"], *row["choices"], "ABCD"[row["answer"]]])
            target(f"original/mmlu/data/{split}/{subject}_{split}.csv").write_text(text.getvalue(), newline="")
    for split, name in {"train": "train", "validation": "dev"}.items():
        target(f"original/nq_open/NQ-open.{name}.jsonl").write_bytes(jsonl(rows_of(f"google-research-datasets/nq_open/nq_open/{split}.jsonl")))
        size = "_xl" if split == "train" else ""
        rows = rows_of(f"allenai/winogrande/winogrande_xl/{split}.jsonl")
        target(f"original/winogrande/{name}{size}.jsonl").write_bytes(jsonl([dict(qID=f"Q{i}", **row) for i, row in enumerate(rows)]))
    # A list, and an object a line in spite of the name.
    target("original/m_arc/de_test.json").write_text(json.dumps(rows_of("alexandrainst/m_arc/de/test.jsonl"), ensure_ascii=False, indent=2))
    target("original/m_mmlu/data/de_test.json").write_bytes(jsonl(rows_of("alexandrainst/m_mmlu/de/test.jsonl")))

    def nested(row, stem, more=()):
        choices = [dict(text=text, label=label) for text, label in zip(row["choices"]["text"], row["choices"]["label"])]
        question = dict(stem=row[stem], choices=choices, **{name: row[name] for name in more})
        return dict(id=row["id"], question=question, answerKey=row["answerKey"])

    arc = rows_of("allenai/ai2_arc/ARC-Challenge/test.jsonl")
    target("original/ai2_arc/ARC-Challenge/ARC-Challenge-Test.jsonl").write_bytes(jsonl(nested(row, "question") for row in arc))
    obqa = rows_of("allenai/openbookqa/main/test.jsonl")
    target("original/openbookqa/Data/Main/test.jsonl").write_bytes(jsonl(nested(row, "question_stem") for row in obqa))
    csqa = rows_of("tau/commonsense_qa/data/validation.jsonl")
    target("original/commonsense_qa/dev_rand_split.jsonl").write_bytes(jsonl(nested(row, "question", ["question_concept"]) for row in csqa))


def packed():
    data = jsonl(rows_of("lighteval/siqa/data/validation.jsonl"))
    middle = data.index(b"\n") + 1
    # Two members, as tools that pack in parallel write them.
    target("packed/lighteval/siqa/data/validation.jsonl.gz").write_bytes(b"".join(gzip.compress(part, mtime=0) for part in [data[:middle], data[middle:]]))
    with pa.CompressedOutputStream(str(target("packed/tau/commonsense_qa/data/validation.jsonl.zst")), "zstd") as file:
        file.write(jsonl(rows_of("tau/commonsense_qa/data/validation.jsonl")))
    # A byte order mark and Windows' line ends.
    text = (DATA / "openai/MMMLU/test/mmlu_FR-FR.csv").read_text().replace("\n", "\r\n")
    target("packed/openai/MMMLU/test/mmlu_FR-FR.csv.gz").write_bytes(gzip.compress(("\ufeff" + text).encode(), mtime=0))


def flores_plus():
    for code in ["eng_Latn", "spa_Latn"]:
        lines = (DATA / f"facebook/flores/devtest/{code}.devtest").read_text().split("\n")[:-1]
        iso, script = code.split("_")
        rows = [dict(id=i, iso_639_3=iso, iso_15924=script, text=line) for i, line in enumerate(lines)]
        parquet(f"plus/openlanguagedata/flores_plus/devtest/{code}.parquet", rows)


def csv_cases():
    """What csv.reader, being strict, makes of texts that are hard to read; null: it refuses them."""
    random = Random(14)
    cases = []
    while len(cases) < 400:
        text = "".join(random.choice(["a", "b", ",", '"', '"', "\n", "\r\n", " ", "é"]) for _ in range(random.randrange(1, 14)))
        try:
            records = [record for record in csv.reader(io.StringIO(text, newline=""), strict=True) if record]
        except csv.Error:
            records = None
        cases.append([text, records])
    target("csv/cases.json").write_text(json.dumps(cases, ensure_ascii=False) + "\n")


def types():
    """Each kind of value that Parquet has, with nulls, empty lists and nesting."""
    at = datetime.datetime(2025, 1, 13, 8, 30, 15, 250000, tzinfo=datetime.timezone.utc)
    columns = {
        "int8": pa.array([1, None, -128], pa.int8()),
        "int32": pa.array([1, None, -(2**31)], pa.int32()),
        "int64": pa.array([2**53 - 1, None, -7], pa.int64()),
        "uint32": pa.array([2**32 - 1, None, 0], pa.uint32()),
        "uint64": pa.array([2**52, None, 0], pa.uint64()),
        "float": pa.array([0.5, None, -1.25], pa.float32()),
        "double": pa.array([0.1, None, 1e300], pa.float64()),
        "bool": pa.array([True, None, False], pa.bool_()),
        "string": pa.array(["\ufeffmark", None, "naïve 🐧 \u0000 end "], pa.string()),
        "large_string": pa.array(["a", None, ""], pa.large_string()),
        "dictionary": pa.array(["x", None, "x"], pa.string()).dictionary_encode(),
        "date": pa.array([at.date(), None, datetime.date(1969, 12, 31)], pa.date32()),
        "milliseconds": pa.array([at, None, at], pa.timestamp("ms", tz="UTC")),
        "microseconds": pa.array([at, None, at], pa.timestamp("us", tz="UTC")),
        "nanoseconds": pa.array([at, None, at], pa.timestamp("ns", tz="UTC")),
        "decimal": pa.array([decimal.Decimal("1.25"), None, decimal.Decimal("-3.50")], pa.decimal128(9, 2)),
        "list": pa.array([["a", None, ""], None, []], pa.list_(pa.string())),
        "lists": pa.array([[[1, 2], [], None], [], [[3]]], pa.list_(pa.list_(pa.int64()))),
        "struct": pa.array([{"a": 1, "b": ["x"]}, None, {"a": None, "b": []}], pa.struct({"a": pa.int64(), "b": pa.list_(pa.string())})),
        "structs": pa.array([[{"text": "a", "n": [1]}, {"text": None, "n": None}], [], None], pa.list_(pa.struct({"text": pa.string(), "n": pa.list_(pa.int32())}))),
    }
    table = pa.table(columns)
    for version in ["1.0", "2.0"]:
        parquet(f"types/v{version[0]}.parquet", table, data_page_version=version, compression="snappy", use_dictionary=version == "1.0")

    def plain(value):
        if isinstance(value, datetime.datetime):
            return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        if isinstance(value, datetime.date):
            return f"{value.isoformat()}T00:00:00.000Z"
        if isinstance(value, decimal.Decimal):
            return float(value)
        if isinstance(value, list):
            return [plain(one) for one in value]
        if isinstance(value, dict):
            return {name: plain(one) for name, one in value.items()}
        return value

    target("types/expected.json").write_text(json.dumps([plain(row) for row in table.to_pylist()], ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    shutil.rmtree(OUT, ignore_errors=True)
    hub_snapshots()
    converted()
    cache()
    first_publications()
    packed()
    flores_plus()
    csv_cases()
    types()
