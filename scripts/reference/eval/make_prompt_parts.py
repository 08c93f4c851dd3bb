#!/usr/bin/env python3
"""What lm-evaluation-harness draws as examples, and makes of HellaSwag's texts: packages/eval/fixtures/expected/prompt-parts.json.

    /tmp/lm-eval/bin/python scripts/reference/eval/make_prompt_parts.py        in the environment of make_prompts.py
"""
import json
import random
from pathlib import Path

from lm_eval.api.samplers import ContextSampler
from lm_eval.tasks.hellaswag.utils import preprocess

OUT = Path(__file__).resolve().parents[3] / "packages/eval/fixtures/expected/prompt-parts.json"


def drawn(size, kinds, count, seed, own):
    """
    The examples of the first documents of a pool of `size` rows, of which only `kinds` differ; the documents are rows of the pool
    (`own`) that are left out of their own prompts, or others.
    """
    pool = [{"text": i % kinds} for i in range(size)]
    sampler = ContextSampler(pool, rnd=seed)
    places = {}
    for i, row in enumerate(pool):
        places.setdefault(id(row), i)
    prompts = []
    for i in range(4):
        rows = sampler.sample(count, eval_doc=pool[i % size] if own else None)
        prompts.append([places[id(row)] for row in rows])
    return {"size": size, "kinds": kinds, "count": count, "seed": seed, "own": own, "prompts": prompts}


def few_shot():
    plain = [drawn(size, size, count, seed, own) for own in (True, False) for seed in (1234, 7) for size, count in ((7, 5), (22, 1), (23, 5), (90, 25), (1119, 5), (1119, 25))]
    # Many copies of one row: too few are left, and all are drawn again.
    copies = [drawn(size, kinds, count, 1234, True) for size, kinds, count in ((12, 2, 5), (9, 3, 5), (40, 2, 8), (100, 2, 25), (8, 4, 5))]
    return [*plain, *copies]


def texts():
    rnd = random.Random(14)
    parts = ["[title]", " [title]", "[", "]", "[step]", "[a\nb]", "  ", " ", "   ", "\n", "\t", "\u00a0", "\u2028", "\u0085", "\ufeff", "\x1c", "word", "Ünïcode", "😀", ".", "[[x]]"]
    cases = ["".join(rnd.choices(parts, k=rnd.randrange(9))) for _ in range(150)]
    return [[text, preprocess(text)] for text in cases]


if __name__ == "__main__":
    OUT.write_text(json.dumps({"fewShot": few_shot(), "texts": texts()}, ensure_ascii=True) + "\n", "utf-8")
