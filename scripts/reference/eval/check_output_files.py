"""Reads a folder of results that Helium LM wrote as lm-evaluation-harness's own tools read theirs.

    .venv/bin/pip install pytablewriter    # beside what make_output_cases.py needs
    node --import ./scripts/workspace-sources.ts packages/eval/test/report/write-output-files.ts out
    .venv/bin/python scripts/reference/eval/check_output_files.py out

The names by the functions that pick files for the hub, the figures by the table that its command prints, the samples by the
`datasets` library. Fails where something is missing; prints the table.
"""

import json
import sys
from pathlib import Path

import datasets
from lm_eval.loggers.evaluation_tracker import EvaluationTracker  # noqa: F401  (its imports are the consumers' own)
from lm_eval.utils import (
    get_file_datetime,
    get_file_task_name,
    get_latest_filename,
    get_results_filenames,
    get_sample_results_filenames,
    hash_string,
    make_table,
    sanitize_model_name,
)


def main():
    root = Path(sys.argv[1])
    files = [str(path) for path in sorted(root.rglob("*"))]
    [results_file] = get_results_filenames(files)
    sample_files = get_sample_results_filenames(files)
    assert sample_files, "no samples"
    assert get_latest_filename([results_file]) == results_file
    results = json.loads(Path(results_file).read_text(encoding="utf-8"))
    assert Path(results_file).parent.name == sanitize_model_name(results["model_name"]) == results["model_name_sanitized"]
    for file in sample_files:
        task = get_file_task_name(Path(file).name)
        assert task in results["configs"], task
        assert get_file_datetime(Path(file).name) == get_file_datetime(Path(results_file).name).replace(".json", "")
        rows = datasets.load_dataset("json", data_files=file, split="train")
        hashes = "".join(row["doc_hash"] + row["prompt_hash"] + row["target_hash"] for row in rows)
        assert results["task_hashes"][task] == hash_string(hashes), task
        metrics = rows[0]["metrics"]
        filters = rows[0]["filter"]
        for metric in metrics:
            assert f"{metric},{filters}" in results["results"][task], (task, metric)
            assert isinstance(rows[0][metric], (float, list)), (task, metric)
        print(f"{task}: {len(rows)} samples, {', '.join(rows.column_names)}")
    print(make_table(results))
    if "groups" in results:
        print(make_table(results, "groups"))


main()
