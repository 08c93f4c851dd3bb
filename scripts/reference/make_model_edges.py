#!/usr/bin/env python3
"""Models of the fixtures under configs that they were not saved with, run by transformers: fixtures/model-edges.json.

    .venv/bin/python scripts/reference/make_model_edges.py

Needs what make_fixtures.py needs, and its checkpoints.
"""
import json
import shutil
import tempfile
from pathlib import Path
import torch
import transformers
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM, GenerationConfig
from make_fixtures import HERE, ROW, dump, lst, randomize, seeded

transformers.utils.logging.disable_progress_bar()
NEW_ACTIVATIONS = ("gelu_python", "gelu_accurate", "relu6", "leaky_relu", "hardswish", "mish", "linear")
LONGROPE = dict(rope_type="longrope", rope_theta=10000.0, original_max_position_embeddings=8)


def opened(family, config=None, edit=None):
    """The causal model of a family with other config keys, and tensors edited in its file."""
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder) / "model"
        shutil.copytree(HERE / f"models/{family}/causal", folder)
        raw = json.loads((folder / "config.json").read_text()) | (config or {})
        (folder / "config.json").write_text(json.dumps({key: value for key, value in raw.items() if value != "absent"}))
        if edit:
            tensors = load_file(folder / "model.safetensors")
            save_file(edit(tensors), folder / "model.safetensors", metadata={"format": "pt"})
        model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    model.generation_config = GenerationConfig()
    return model


def from_embeddings():
    """Logits of embeddings given instead of ids: Gemma scales in its embedding module, Granite in its forward pass."""
    cases = []
    for family in ("helium", "gemma", "gemma2", "gemma3_text", "granite"):
        model = opened(family)
        embeds = torch.randn(1, 4, model.config.hidden_size, generator=seeded(f"embeds/{family}"))
        embeds = (embeds * 100).round() / 100
        own = model.get_input_embeddings()(torch.tensor([ROW]))
        cases.append({"family": family, "inputs_embeds": lst(embeds), "logits": lst(model(inputs_embeds=embeds).logits[0]),
                      "input_ids": ROW, "logits_of_own": lst(model(inputs_embeds=own).logits[0, -1])})
    return cases


def sliding_layers():
    """SmolLM3's flag decides which layers slide by default; a list of layer types that is given holds whatever it says."""
    types = ["full_attention", "sliding_attention", "sliding_attention"]
    cases = []
    for config in (dict(sliding_window=2, use_sliding_window=False, layer_types=types), dict(sliding_window=2, use_sliding_window=True, layer_types=types),
                   dict(sliding_window=2, use_sliding_window=True, layer_types="absent"), dict(sliding_window=2, use_sliding_window=False, layer_types="absent"),
                   dict(sliding_window=None, use_sliding_window=True, layer_types="absent")):
        model = opened("smollm3", config)
        cases.append({"config": config, "input_ids": ROW, "layer_types": model.config.layer_types, "logits": lst(model(torch.tensor([ROW])).logits[0])})
    return cases


def long_rope():
    """Text that outgrows the short longrope table: Phi 3 computes its cache again, other families keep it."""
    cases = []
    for family, count, more in (("llama", 8, {}), ("qwen2", 8, {}), ("mistral", 8, dict(sliding_window=None)), ("phi3", 4, {})):
        rope = LONGROPE | dict(short_factor=[1.0 + i / 8 for i in range(count)], long_factor=[1.5 * 2 ** (i / 2) for i in range(count)])
        if family == "phi3":
            rope["partial_rotary_factor"] = 0.5
        top = dict(original_max_position_embeddings=8) if family == "phi3" else {}
        config = dict(rope_parameters=rope, max_position_embeddings=64) | top | more
        model = opened(family, config)
        for ids in ([1, 21, 36, 9, 4], [1, 57, 8, 91, 21, 33, 8], [1, 57, 8, 91, 21, 33, 8, 64, 12, 5]):
            options = dict(max_new_tokens=10, pad_token_id=3)
            cases.append({"family": family, "config": config, "input_ids": [ids], "options": options,
                          "sequences": model.generate(torch.tensor([ids]), **options).tolist(),
                          "uncached": model.generate(torch.tensor([ids]), use_cache=False, **options).tolist()})
    return cases


def original_lengths():
    """A context of pre-training at the top level of the config and another one beside the factor: the top level wins,
    unless the layer types have sets of their own."""
    llama3 = dict(rope_type="llama3", rope_theta=100.0, factor=4.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=4)
    yarn = dict(rope_type="yarn", rope_theta=100.0, factor=4.0, original_max_position_embeddings=4)
    cases = []
    for family, rope in (("llama", llama3), ("llama", yarn), ("gemma3_text", {"full_attention": yarn, "sliding_attention": {"rope_type": "default", "rope_theta": 100.0}})):
        for top in (24, "absent"):
            config = dict(rope_parameters=rope, original_max_position_embeddings=top, max_position_embeddings=64)
            model = opened(family, config)
            cases.append({"family": family, "config": config, "input_ids": ROW, "last_logits": lst(model(torch.tensor([ROW])).logits[0, -1])})
    return cases


def activations():
    cases = []
    for name in NEW_ACTIVATIONS:
        model = opened("llama", dict(hidden_act=name))
        cases.append({"activation": name, "input_ids": ROW, "last_logits": lst(model(torch.tensor([ROW])).logits[0, -1])})
    return cases


def tied_heads():
    """A tied checkpoint whose file has an lm_head.weight all the same: the embedding's rows, moved on by some places."""
    cases = []
    for family in ("helium-tied", "gemma2"):
        for places in (0, 1, 30):
            def edit(tensors):
                return tensors | {"lm_head.weight": tensors["model.embed_tokens.weight"].roll(places, 0).contiguous()}
            model = opened(family, edit=edit)
            cases.append({"family": family, "places": places, "input_ids": ROW, "last_logits": lst(model(torch.tensor([ROW])).logits[0, -1])})
    return cases


if __name__ == "__main__":
    dump("model-edges.json", {
        "note": "fixtures/models/<family>/causal with config keys replaced (\"absent\": left out), float32 eager; tolerance as of the other logits.",
        "from_embeddings": from_embeddings(), "sliding_layers": sliding_layers(), "long_rope": long_rope(), "original_lengths": original_lengths(),
        "activations": activations(), "tied_heads": tied_heads()})
