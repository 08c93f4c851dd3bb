#!/usr/bin/env python3
"""Log-likelihoods by lm-evaluation-harness's `local-completions`, of a model behind a server, as one line of JSON.

    (the environment of make_prompts.py, and)
    /tmp/lm-eval/bin/pip install transformers==5.18.0
    /tmp/lm-eval/bin/python scripts/reference/eval/ask_server.py --url http://127.0.0.1:8000 --batch 8 --tasks arc_easy piqa

`npm run soak -- lm-eval` calls it. With `--backend remote` the harness cuts texts by the server's own tokenizer, without a token
that begins them; else by that of the model's folder, with one.
"""
import argparse
import json
import os
import tempfile
from pathlib import Path

os.environ.update(HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1", DISABLE_MULTIPROC="1", TOKENIZERS_PARALLELISM="false")

import lm_eval  # noqa: E402
from lm_eval.models.openai_completions import LocalCompletionsAPI  # noqa: E402
from lm_eval.tasks import TaskManager  # noqa: E402
from make_prompts import MMLU, ROOT, groups, task_over  # noqa: E402


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    parser.add_argument("--backend", default="huggingface")
    parser.add_argument("--no-bos", action="store_true")
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--concurrent", type=int, default=1)
    parser.add_argument("--tasks", nargs="+", required=True)
    given = parser.parse_args()
    remote = given.backend != "huggingface"
    model = LocalCompletionsAPI(
        model="helium-nano",
        base_url=f"{given.url}/v1/completions",
        tokenizer_backend=given.backend,
        tokenizer=None if remote else str(ROOT / "models/helium-nano"),
        add_bos_token=not given.no_bos,
        batch_size=given.batch,
        num_concurrent=given.concurrent,
        max_length=1024,
    )
    with tempfile.TemporaryDirectory() as scratch:
        known = groups(Path(scratch))
        data = {**known["english"], **known["translated"], **{f"mmlu_{subject}": known["mmlu"][f"mmlu_{subject}"] for subject in MMLU}}
        manager = TaskManager()
        tasks = [task_over(manager, name, data[name]) for name in given.tasks]
        result = lm_eval.simple_evaluate(model=model, tasks=tasks, num_fewshot=0, task_manager=manager, bootstrap_iters=0, log_samples=True)
    told = {}
    for name in given.tasks:
        samples = sorted(result["samples"][name], key=lambda sample: sample["doc_id"])
        told[name] = {
            "loglikelihoods": [[float(response[0][0]) for response in sample["resps"]] for sample in samples],
            "metrics": {key: value for key, value in result["results"][name].items() if isinstance(value, float)},
        }
    print(json.dumps({"lm_eval": lm_eval.__version__, "backend": model.tokenizer_backend, "tasks": told}))


if __name__ == "__main__":
    main()
