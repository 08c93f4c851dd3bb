#!/usr/bin/env python3
"""Log-likelihoods of every request of the synthetic data's multiple-choice tasks: packages/eval/fixtures/expected/loglikelihoods.json.

    (the environment of make_prompts.py, and)
    /tmp/lm-eval/bin/pip install transformers==5.18.0 safetensors
    /tmp/lm-eval/bin/pip install --no-deps torch==2.13.0 sympy networkx filelock fsspec mpmath accelerate peft psutil
    /tmp/lm-eval/bin/python scripts/reference/eval/make_loglikelihoods.py

helium-nano is scored by lm-evaluation-harness on transformers, in float32, text and tokens as the harness makes them; with its
metrics. The tiny models of fixtures/models have no tokenizer: they are scored by transformers alone, on the last bytes of each
request as tokens.
"""
import json
import os
import tempfile
from pathlib import Path

os.environ.update(HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1", DISABLE_MULTIPROC="1", TOKENIZERS_PARALLELISM="false")

import lm_eval  # noqa: E402
import torch  # noqa: E402
import transformers  # noqa: E402
from lm_eval.models.huggingface import HFLM  # noqa: E402
from lm_eval.tasks import TaskManager  # noqa: E402
from make_prompts import MMLU, OUT, ROOT, groups, task_over  # noqa: E402

FAMILIES = ["helium", "gemma2", "qwen3"]
# Bytes of a context and of a continuation that the tiny models read.
CONTEXT, CONTINUATION = 40, 12


def chosen(scratch):
    tasks = groups(scratch)
    multiple_choice = {name: data for name, data in {**tasks["english"], **tasks["translated"]}.items() if name not in ("triviaqa", "nq_open")}
    return {**multiple_choice, **{f"mmlu_{subject}": tasks["mmlu"][f"mmlu_{subject}"] for subject in MMLU}}


def as_tokens(text, count, vocab_size):
    """Bytes as tokens, the special ones left out."""
    return [4 + byte % (vocab_size - 4) for byte in text.encode()[-count:]]


def family_scores(model, requests):
    vocab_size = model.config.vocab_size
    scores = []
    for context, continuation in requests:
        before, after = as_tokens(context, CONTEXT, vocab_size), as_tokens(continuation, CONTINUATION, vocab_size)
        with torch.no_grad():
            logits = model(torch.tensor([before + after])).logits[0].float()
        logprobs = torch.log_softmax(logits, -1)
        places = range(len(before) - 1, len(before) + len(after) - 1)
        scores.append(round(sum(logprobs[place, token].item() for place, token in zip(places, after, strict=True)), 6))
    return scores


def main():
    torch.set_num_threads(2)
    nano = HFLM(pretrained=str(ROOT / "models/helium-nano"), dtype="float32", device="cpu", batch_size=16)
    models = {
        name: transformers.AutoModelForCausalLM.from_pretrained(ROOT / "fixtures/models" / name / "causal", dtype=torch.float32, attn_implementation="eager").eval()
        for name in FAMILIES
    }
    expected = {}
    with tempfile.TemporaryDirectory() as scratch:
        tasks = chosen(Path(scratch))
        manager = TaskManager()
        built = [task_over(manager, name, data) for name, data in tasks.items()]
        result = lm_eval.simple_evaluate(model=nano, tasks=built, num_fewshot=0, task_manager=manager, bootstrap_iters=0, log_samples=True)
        for name in tasks:
            samples = sorted(result["samples"][name], key=lambda sample: sample["doc_id"])
            metrics = {key: value for key, value in result["results"][name].items() if isinstance(value, float)}
            is_mmlu = name.startswith("mmlu_")
            expected[name] = {
                "metrics": metrics,
                "helium-nano": [[round(float(response[0][0]), 5) for response in sample["resps"]] for sample in samples],
                **({} if is_mmlu else {family: [family_scores(model, [pair[:2] for pair in sample["arguments"]]) for sample in samples] for family, model in models.items()}),
            }
    versions = {"lm_eval": lm_eval.__version__, "transformers": transformers.__version__, "torch": torch.__version__}
    text = json.dumps({"versions": versions, "tasks": expected}, indent=None, separators=(",", ":"))
    (OUT / "loglikelihoods.json").write_text(text.replace('},"', '},\n"') + "\n", "utf-8")


if __name__ == "__main__":
    main()
