#!/usr/bin/env python3
"""Calls of transformers' `generate` at the edges where mistakes hid from the other fixtures: fixtures/generation/edges.json.

    python -m venv .venv && .venv/bin/pip install torch==2.15.0 transformers==5.23.0 tokenizers==0.23.3 safetensors==0.8.0 gguf==0.19.0
    .venv/bin/python scripts/reference/make_edge_cases.py

Seeded; needs the checkpoints in fixtures/models, see make_fixtures.py.
"""
import warnings
import numpy as np
import torch
from transformers import GenerationConfig
from transformers.generation import logits_process as processors
from make_fixtures import V, VERSIONS, dump, load, sig

PROMPT = [1, 57, 8, 91, 21]
BASE = dict(max_new_tokens=8, pad_token_id=3)


def sequences(model, ids=None, mask=None, config=None, **options):
    """The rows of a call on a model with this generation config, or None where transformers refuses."""
    model.generation_config = GenerationConfig(**(config or {}))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return model.generate(torch.tensor(ids or [PROMPT]), attention_mask=None if mask is None else torch.tensor(mask),
                                  **options).tolist()
    except (RuntimeError, ValueError, TypeError):
        return None


def nulls(model):
    """An option of the model's generation config, and the same call with `None`: as if it had never been set."""
    base = {**BASE, "max_new_tokens": 16}
    free = sequences(model, **base)[0][len(PROMPT):]
    settings = {
        "repetition_penalty": 3.0, "eos_token_id": free[3], "no_repeat_ngram_size": 1, "suppress_tokens": [free[0]],
        "begin_suppress_tokens": [free[0]], "bad_words_ids": [[free[0]]], "sequence_bias": [[[free[0]], -50.0]],
        "forced_eos_token_id": 5, "guidance_scale": 3.0, "max_new_tokens": 3, "encoder_repetition_penalty": 50.0,
        "exponential_decay_length_penalty": [1, 5.0],
    }
    cases = []
    for name, value in settings.items():
        options = {**base, "eos_token_id": free[4]} if name == "exponential_decay_length_penalty" else dict(base)
        if name == "max_new_tokens":
            options.pop(name)
        case = {"option": name, "config": {name: value}, "options": options,
                "from_config": sequences(model, config={name: value}, **options),
                "with_null": sequences(model, config={name: value}, **options, **{name: None})}
        assert case["with_null"] not in (None, case["from_config"]) and case["with_null"] == sequences(model, **options), name
        cases.append(case)
    return cases


def damaged(model):
    """NaN and infinities among the logits of one step, and transformers' own processor for them.

    In beam search the log-softmax of NaN or ∞ is NaN throughout, and 0 after the processor: which beams follow is then a
    matter of ties, so that only the scores are written.
    """
    cases = []
    for value in ("nan", "inf", "-inf"):
        for token in (0, 40, V - 1):
            for step in (0, 3):
                for mode in ({}, {"num_beams": 3, "num_return_sequences": 3}, {"do_sample": True, "top_k": 1}):
                    calls = [0]

                    def spoil(module, args, output):
                        if calls[0] == step:
                            output[:, -1, token] = float(value)
                        calls[0] += 1
                        return output
                    handle = model.lm_head.register_forward_hook(spoil)
                    model.generation_config = GenerationConfig()
                    out = model.generate(torch.tensor([PROMPT]), **BASE, **mode, remove_invalid_values=True,
                                         return_dict_in_generate=True, output_scores=True)
                    calls[0] = 0
                    plain = sequences(model, **BASE, **mode)
                    handle.remove()
                    is_tied = "num_beams" in mode and value != "-inf"
                    cases.append({"value": value, "token": token, "step": step, "options": {**BASE, **mode},
                                  "removed": None if is_tied else out.sequences.tolist(),
                                  "scores": sorted(set(out.scores[step][0].tolist())) if is_tied else None,
                                  "is_refused": plain is None})
    return cases


def never_with_any_penalty(model):
    """Beams that stop "never", with length penalties of both signs and ends of the text that are met early and late."""
    free = sequences(model, **{**BASE, "max_new_tokens": 12})[0][len(PROMPT):]
    rng, cases = np.random.default_rng(7), []
    pool = sorted(set(free))
    for penalty in (-3.0, -1.0, -0.5, 0.5, 2.0):
        for _ in range(6):
            eos = sorted(int(token) for token in rng.choice(pool, int(rng.integers(1, 4)), replace=False))
            options = {**BASE, "max_new_tokens": 10, "eos_token_id": eos, "num_beams": int(rng.integers(2, 5)),
                       "length_penalty": penalty, "early_stopping": "never"}
            options["num_return_sequences"] = options["num_beams"]
            model.generation_config = GenerationConfig()
            out = model.generate(torch.tensor([PROMPT]), return_dict_in_generate=True, output_scores=True, **options)
            cases.append({"options": options, "sequences": out.sequences.tolist(), "scores": [sig(s) for s in out.sequences_scores]})
    return cases


def right_padded(model):
    """Text that goes on behind padding on the right: the next position is that of the last slot plus 1, and padding has 0."""
    cases = []
    for prompts in ([[1, 57, 8, 91, 21, 33], [1, 77, 5, 40]], [[1, 57, 8, 91, 21, 33], [1, 77, 5, 40, 9]], [[1, 77]], [[1, 77, 5, 40]]):
        length = max(len(ids) for ids in prompts) + (2 if len(prompts) == 1 else 0)
        pad = lambda ids, filler: ids + [filler] * (length - len(ids))
        ids, mask = [pad(row, 3) for row in prompts], [pad([1] * len(row), 0) for row in prompts]
        cases.append({"input_ids": ids, "attention_mask": mask, "options": BASE, "sequences": sequences(model, ids, mask, **BASE)})
    return cases


def processor_cases():
    """Rows whose scores are equal or nearly so, and texts of exactly n tokens."""
    rows = {"equal8": [1.0] * 8, "equal_pairs": [2.0, 2.0, 1.0, 1.0, 0.0, 0.0], "equal_top": [3.0, 3.0, 3.0, -1.0, -2.0],
            "one_high": [5.0, 0.0, 0.0, 0.0, 0.0, 0.0], "with_neg_inf": [float("-inf"), 1.0, 1.0, float("-inf"), 1.0, 1.0]}
    cases = []

    def add(processor, params, warper, row, history=(0,)):
        out = warper(torch.tensor([list(history)]), torch.tensor([rows[row]]))[0].tolist()
        cases.append({"processor": processor, "params": params, "row": row, "history": list(history),
                      "output": [None if value == float("-inf") else sig(value, 8) for value in out]})
    for row in rows:
        for p in (0.05, 0.25, 0.3, 0.5, 0.51, 0.75, 0.99):
            add("top_p", {"top_p": p}, processors.TopPLogitsWarper(p), row)
        for p in (0.25, 0.5):
            add("top_p", {"top_p": p, "min_tokens_to_keep": 2}, processors.TopPLogitsWarper(p, min_tokens_to_keep=2), row)
    for n in (1, 2, 3, 4):
        for history in ([2, 2, 2, 2], [2], [2, 2], [1, 2, 1], [2, 2, 2]):
            add("no_repeat_ngram_size", {"no_repeat_ngram_size": n}, processors.NoRepeatNGramLogitsProcessor(n), "equal8", history)
    encode = lambda row: [None if value == float("-inf") else value for value in row]
    return {"rows": {name: encode(row) for name, row in rows.items()}, "cases": cases}


if __name__ == "__main__":
    model = load("models/helium/causal", "HeliumForCausalLM")
    dump("generation/edges.json", {
        "note": "helium/causal. nulls: an option in the generation config, then the call with None for it. damaged: logits of one token spoilt in "
                "one forward pass; null = transformers refuses. processors: as in processors.json.",
        "nulls": nulls(model), "damaged": damaged(model), "never": never_with_any_penalty(model), "right_padded": right_padded(model),
        "processors": processor_cases()})
    print(VERSIONS)
