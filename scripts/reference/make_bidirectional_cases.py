#!/usr/bin/env python3
"""Gemma models whose tokens see those behind them, run by transformers: fixtures/bidirectional.json.

    .venv/bin/python scripts/reference/make_bidirectional_cases.py

Needs what make_fixtures.py needs, and its checkpoints. What transformers 5.23 makes of `use_bidirectional_attention`:

- Gemma 3 builds its masks from it, in every kind of attention: all tokens, and in sliding layers those less than
  `sliding_window // 2 + 1` away.
- Gemma and Gemma 2 only pass `is_causal=False` to the attention function. SDPA without a mask (Gemma) and flash attention
  (both) follow it, the latter with `window_size = (sliding_window - 1, sliding_window - 1)`: those less than `sliding_window`
  away. Their eager attention adds a causal mask all the same. Gemma 2 has no SDPA and flash attention needs a GPU, so here
  Gemma 2 gets the masks that flash attention would apply, as the mapping that its forward takes.
"""
import torch
import transformers
from transformers import DynamicCache
from make_fixtures import ROW, dump, lst
from make_model_edges import opened

transformers.utils.logging.disable_progress_bar()
NEW = 6
PROMPTS = (ROW, [1, 36, 9])


def seen(queries, keys, window):
    """Additive mask [1, 1, queries, keys] of the last `queries` of the keys; window None: all are seen."""
    slots = torch.arange(keys)
    apart = (slots[keys - queries:, None] - slots[None]).abs()
    hidden = torch.zeros_like(apart, dtype=torch.bool) if window is None else apart >= window
    return torch.zeros(queries, keys).masked_fill(hidden, torch.finfo(torch.float32).min)[None, None]


def masks(model, queries, keys):
    """What flash attention would show of Gemma 2; others make their own masks or need none."""
    if model.config.model_type != "gemma2":
        return {}
    return {"attention_mask": {"full_attention": seen(queries, keys, None), "sliding_attention": seen(queries, keys, model.config.sliding_window)}}


def greedy(model, prompt):
    """Logits of the prompt, then token by token: logits of each step and the text."""
    with torch.no_grad():
        cache, ids = DynamicCache(config=None), list(prompt)
        first = model(torch.tensor([prompt]), past_key_values=cache, use_cache=True, **masks(model, len(prompt), len(prompt))).logits[0]
        steps = [first[-1]]
        for _ in range(NEW - 1):
            ids.append(int(steps[-1].argmax()))
            steps.append(model(torch.tensor([ids[-1:]]), past_key_values=cache, use_cache=True, **masks(model, 1, len(ids))).logits[0, -1])
        ids.append(int(steps[-1].argmax()))
    return {"input_ids": prompt, "logits": lst(first), "step_logits": lst(torch.stack(steps)), "sequence": ids}


def cases():
    out = []
    for family, config in (("gemma", {}), ("gemma2", {}), ("gemma2", {"sliding_window": 3}), ("gemma3_text", {}), ("gemma3_text", {"sliding_window": 7})):
        config = config | {"use_bidirectional_attention": True}
        model = opened(family, config)
        if family == "gemma":
            model.set_attn_implementation("sdpa")
        out.append({"family": family, "config": config, "rows": [greedy(model, list(prompt)) for prompt in PROMPTS]})
        if family == "gemma3_text":
            for row in out[-1]["rows"]:
                text = model.generate(torch.tensor([row["input_ids"]]), max_new_tokens=NEW, do_sample=False, pad_token_id=3, eos_token_id=None)
                assert text[0].tolist() == row["sequence"], (text, row["sequence"])
    return out


if __name__ == "__main__":
    dump("bidirectional.json", {
        "note": "fixtures/models/<family>/causal with config keys replaced, float32; logits of a whole prompt, then of each greedy step with the cache.",
        "cases": cases()})
