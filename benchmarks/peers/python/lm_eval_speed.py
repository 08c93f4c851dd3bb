"""Scores tasks with lm-evaluation-harness on transformers, and prints how long the log-likelihoods took.

Usage: lm_eval_speed.py MODEL_FOLDER TASK_FOLDER LIMIT BATCH_SIZE THREADS
Prints one line of JSON: {"items", "seconds", "accuracy", "versions"}.
"""

import importlib.metadata
import json
import os
import sys
import time

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_DATASETS_OFFLINE"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"

import torch
from lm_eval import simple_evaluate
from lm_eval.models.huggingface import HFLM
from lm_eval.tasks import TaskManager

model_folder, task_folder, limit, batch_size, threads = sys.argv[1:6]
torch.set_num_threads(int(threads))

model = HFLM(pretrained=model_folder, dtype="float32", device="cpu", batch_size=int(batch_size))
seconds = 0.0
score = model.loglikelihood


def timed(*args, **kwargs):
    global seconds
    start = time.perf_counter()
    result = score(*args, **kwargs)
    seconds += time.perf_counter() - start
    return result


model.loglikelihood = timed
names = sorted(name[:-5] for name in os.listdir(task_folder) if name.endswith(".yaml"))
results = simple_evaluate(
    model=model,
    tasks=names,
    num_fewshot=5,
    limit=int(limit),
    bootstrap_iters=0,
    task_manager=TaskManager(include_path=task_folder, include_defaults=False),
    verbosity="ERROR",
)
accuracies = [task["acc,none"] for task in results["results"].values()]
print(
    json.dumps(
        {
            "items": int(limit) * len(names),
            "seconds": seconds,
            "accuracy": sum(accuracies) / len(accuracies),
            "versions": {name: importlib.metadata.version(name) for name in ["lm_eval", "transformers", "torch"]},
        }
    )
)
