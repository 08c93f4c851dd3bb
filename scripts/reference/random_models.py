#!/usr/bin/env python3
"""Random models of every family and head, run by transformers: what `npm run soak -- parity` compares with.

    python -m venv .venv && .venv/bin/pip install torch==2.15.0 transformers==5.23.0 safetensors==0.8.0
    .venv/bin/python scripts/reference/random_models.py --seed 1 --configs 16 --out /tmp/parity

Keys come from the config classes of transformers, not from ours: a key that its class declares and DRAWS lacks is an
error here, so that a new one is noticed. Each config is written as a file, in old or new spelling, with keys left out or
null, and read back from there by both sides. Per model: float32 and bfloat16 weights, five kinds of input, outputs in
float64 (the yardstick), and how far transformers' own float32 and bfloat16 are from it (the noise).
"""
import argparse
import contextlib
import copy
import dataclasses
import functools
import importlib
import json
import random
import typing
from pathlib import Path
from unittest import mock

import numpy
import torch
import transformers
from safetensors.torch import save_file
from transformers import AutoConfig, AutoModel, AutoModelForCausalLM, AutoModelForSequenceClassification, AutoModelForTokenClassification, CONFIG_MAPPING, DynamicCache

transformers.utils.logging.set_verbosity_error()
transformers.utils.logging.disable_progress_bar()
torch.set_num_threads(1)

FAMILIES = "helium llama mistral qwen2 qwen3 gemma gemma2 gemma3_text phi3 olmo2 granite smollm3 glm cohere".split()
HEADS = {"base": AutoModel, "causal-lm": AutoModelForCausalLM, "sequence-classification": AutoModelForSequenceClassification,
         "token-classification": AutoModelForTokenClassification}
TORCH = {"f32": torch.float32, "bf16": torch.bfloat16}
ABSENT = object()
ACTIVATIONS = ["silu", "swish", "gelu", "gelu_python", "gelu_pytorch_tanh", "gelu_new", "gelu_fast", "gelu_accurate", "relu", "relu2",
               "relu6", "leaky_relu", "hardswish", "mish", "linear", "quick_gelu", "sigmoid", "tanh"]
# Types that Phi 3 and the sliding layers of Gemma 3 admit are fewer.
ROPE_TYPES = ["default", "linear", "dynamic", "llama3", "yarn", "longrope"]


def sizes(r, family):
    """Small and mostly odd; heads × head_dim is not the hidden size where the family allows that."""
    partial = r.choice([1, 1, 0.5, 0.25]) if family in ("phi3", "glm") else None
    kv, group, pairs = r.randint(1, 3), r.randint(1, 3), r.randint(2, 6 if partial is None else 3)
    heads, head_dim = kv * group, int(2 * pairs / (partial or 1))
    square = family in ("helium", "phi3") or r.random() < 0.4
    hidden = heads * head_dim if square else heads * r.randint(max(1, 9 // heads), max(1, 60 // heads))
    return dict(kv=kv, heads=heads, head_dim=head_dim, hidden=hidden, square=square, partial=partial, rotated=2 * pairs,
                layers=r.randint(1, 3), vocab=r.randint(40, 150), context=r.choice([16, 32, 64, 4096]))


def layer_types(r, s):
    return [r.choice(["full_attention", "sliding_attention"]) for _ in range(s["layers"])]


def token(r, s):
    return r.randrange(s["vocab"])


def maybe(draw, *others):
    """`draw` in most cases, else left out or one of the others."""
    return lambda r, s: draw(r, s) if r.random() < 0.7 else r.choice([ABSENT, *others])


def one_of(*values):
    return lambda r, s: r.choice(values)


# Key → its draw; rope_parameters are drawn by `rope`.
DRAWS = dict(
    vocab_size=lambda r, s: s["vocab"], hidden_size=lambda r, s: s["hidden"], num_hidden_layers=lambda r, s: s["layers"],
    num_attention_heads=lambda r, s: s["heads"], max_position_embeddings=lambda r, s: s["context"],
    intermediate_size=lambda r, s: r.randint(1, 48),
    num_key_value_heads=lambda r, s: r.choice([s["kv"], None]) if s["kv"] == s["heads"] else s["kv"],
    head_dim=lambda r, s: s["head_dim"],
    hidden_act=maybe(one_of(*ACTIVATIONS)), hidden_activation=maybe(one_of(*ACTIVATIONS)),
    rms_norm_eps=maybe(one_of(1e-8, 1e-6, 1e-5, 1e-2)), layer_norm_eps=maybe(one_of(1e-6, 1e-5, 1e-2)),
    tie_word_embeddings=maybe(one_of(True, False)), attention_bias=maybe(one_of(True, False)), mlp_bias=maybe(one_of(True, False)),
    use_qk_norm=maybe(one_of(True, False)), pad_token_id=maybe(token, None), bos_token_id=maybe(token),
    eos_token_id=maybe(lambda r, s: r.choice([token(r, s), [token(r, s), token(r, s)]])),
    sliding_window=lambda r, s: r.choice([1, 2, 3, 5, 8, 100]), use_sliding_window=one_of(True, True, False),
    max_window_layers=lambda r, s: r.randint(0, s["layers"]), layer_types=maybe(layer_types, None),
    no_rope_layers=maybe(lambda r, s: [r.randint(0, 1) for _ in range(s["layers"])], None), no_rope_layer_interval=maybe(one_of(1, 2, 3, 4)),
    query_pre_attn_scalar=maybe(lambda r, s: r.randint(1, 64)), final_logit_softcapping=maybe(one_of(2.0, 30.0), None),
    attn_logit_softcapping=maybe(one_of(0.7, 5.0, 50.0), None), use_bidirectional_attention=maybe(one_of(False, True, None), None),
    logit_scale=maybe(one_of(0.0625, 0.5, 2.0)), embedding_multiplier=maybe(one_of(0.5, 1, 12.0)), logits_scaling=maybe(one_of(0.5, 1, 8.0)),
    residual_multiplier=maybe(one_of(0.22, 1, 1.5)), attention_multiplier=maybe(one_of(0.0078125, 0.25, 1)),
    # Without effect on a forward pass in evaluation.
    initializer_range=maybe(one_of(0.02, 0.1)), use_cache=maybe(one_of(True, False)), attention_dropout=maybe(one_of(0.0, 0.1)),
    resid_pdrop=maybe(one_of(0.0, 0.1)), embd_pdrop=maybe(one_of(0.0, 0.1)), pretraining_tp=maybe(one_of(1, 2)),
    # Drawn together with the rotary parameters.
    rope_parameters=one_of(ABSENT), original_max_position_embeddings=one_of(ABSENT),
)
# Keys of the base class and of the heads, which no family declares.
BASE = dict(
    problem_type=maybe(one_of("regression", "single_label_classification", "multi_label_classification"), None),
    token_classification_bias=maybe(one_of(True, False)), classifier_dropout=maybe(one_of(0.0, 0.3), None), hidden_dropout=maybe(one_of(0.2), None),
    chunk_size_feed_forward=one_of(ABSENT, 0, 4), return_dict=one_of(ABSENT, True), transformers_version=one_of(ABSENT, "4.44.2"),
    output_hidden_states=one_of(ABSENT, False), is_decoder=one_of(ABSENT, True), a_key_nobody_knows=one_of(ABSENT, [1, {"a": None}]),
)


def rope_section(r, s, types):
    kind = r.choice(types)
    factors = lambda: [r.choice([1.0, 1.25, 2.0, 3.5]) for _ in range(s["rotated"] // 2)]
    factor = r.choice([1.5, 2, 4.0, 8.25])
    original = r.choice([4, 8, 12, 32])
    section = {"rope_type": kind} if kind != "default" or r.random() < 0.7 else {}
    if r.random() < 0.7:
        section["rope_theta"] = r.choice([50, 10000.0, 500000])
    if s["partial"] is not None and r.random() < 0.7:
        section["partial_rotary_factor"] = s["partial"]
    optional = lambda **keys: {key: value for key, value in keys.items() if r.random() < 0.5}
    section |= {
        "default": lambda: {}, "linear": lambda: dict(factor=factor), "dynamic": lambda: dict(factor=factor),
        "llama3": lambda: dict(factor=factor, low_freq_factor=r.choice([1, 1.5, 2.0]), high_freq_factor=r.choice([4, 6.5]), original_max_position_embeddings=original),
        "yarn": lambda: dict(factor=factor) | optional(
            original_max_position_embeddings=original, attention_factor=r.choice([0.75, 1.25]), beta_fast=r.choice([8, 16.0]), beta_slow=r.choice([0.5, 2]),
            mscale=r.choice([0.7, 1]), mscale_all_dim=r.choice([0.8, 1.0]), truncate=r.choice([True, False])),
        "longrope": lambda: dict(short_factor=factors(), long_factor=factors()) | optional(
            original_max_position_embeddings=original, attention_factor=r.choice([0.75, 1.25]), factor=factor),
    }[kind]()
    return section


def rope(r, s, family):
    """Rotary keys in the new spelling, the old one, or none; Gemma 3 has a set per layer type, Phi 3 its context at the top."""
    types = ["default", "longrope"] if family == "phi3" else ROPE_TYPES
    keys = {}
    if family == "phi3":
        keys["original_max_position_embeddings"] = r.choice([4, 8, 12, 64])
    elif r.random() < 0.15:
        keys["original_max_position_embeddings"] = r.choice([6, 10, 24])
    spelling = r.choice(["new", "new", "old", "old", "none"])
    if s["partial"] is not None and (spelling == "none" or r.random() < 0.3):
        keys["partial_rotary_factor"] = s["partial"]
    if spelling == "none":
        return keys | ({"rope_theta": r.choice([100.0, 20000])} if r.random() < 0.5 else {})
    if family == "gemma3_text":
        if spelling == "new":
            return keys | {"rope_parameters": {"full_attention": rope_section(r, s, types), "sliding_attention": rope_section(r, s, ["default", *types])}}
        keys |= {key: value for key, value in dict(rope_theta=20000.0, rope_local_base_freq=300).items() if r.random() < 0.6}
        section = rope_section(r, s, types)
        return keys | ({"rope_scaling": section} if "rope_type" in section else {})
    section = rope_section(r, s, types)
    if spelling == "new":
        return keys | {"rope_parameters": section}
    if "rope_theta" in section and r.random() < 0.8:
        keys["rope_theta"] = section.pop("rope_theta")
    if "rope_type" not in section:
        return keys | ({"rope_scaling": None} if r.random() < 0.5 else {})
    if family == "phi3" and section["rope_type"] == "longrope":
        section["rope_type"] = r.choice(["longrope", "su", "yarn"])
    if r.random() < 0.5:
        section["type"] = section.pop("rope_type")
    return keys | {"rope_scaling": section}


def draw_config(r, family):
    s = sizes(r, family)
    fields = dataclasses.fields(CONFIG_MAPPING[family])
    declared = [field.name for field in fields]
    base = {field.name for field in dataclasses.fields(transformers.PreTrainedConfig)}
    unknown = [key for key in declared if key not in DRAWS and key not in base]
    if unknown:
        raise SystemExit(f"{family}: no draw for the config keys {', '.join(unknown)}; add them to DRAWS")
    raw = {"model_type": family}
    for field in fields:
        if field.name in DRAWS:
            raw[field.name] = DRAWS[field.name](r, s)
            if raw[field.name] is None and type(None) not in typing.get_args(field.type):
                raw[field.name] = ABSENT
    if raw["num_key_value_heads"] is ABSENT:
        raw["num_key_value_heads"] = s["kv"]
    default_pad = CONFIG_MAPPING[family]().pad_token_id
    if raw["pad_token_id"] is ABSENT and default_pad is not None and default_pad >= s["vocab"]:
        raw["pad_token_id"] = token(r, s)
    if "head_dim" not in declared or (s["square"] and family in ("llama", "mistral", "glm") and s["hidden"] % s["heads"] == 0):
        raw["head_dim"] = r.choice([ABSENT, s["head_dim"]]) if s["square"] and family != "glm" else s["head_dim"]
    slides = "sliding_attention" in (raw.get("layer_types") or [] if raw.get("layer_types") is not ABSENT else [])
    if family in ("mistral", "phi3", "smollm3") and r.random() < 0.2 and not slides:
        raw["sliding_window"] = None
    if family in ("qwen2", "qwen3") and slides:
        raw["use_sliding_window"] = True
    if family == "gemma3_text" and r.random() < 0.5:
        raw["sliding_window_pattern"] = r.randint(1, 3)
    raw |= {key: draw(r, s) for key, draw in BASE.items() if r.random() < 0.5}
    labels = r.randint(1, 4)
    raw |= r.choice([{"num_labels": labels}, {"id2label": {str(i): f"L{i}" for i in range(labels)}, "label2id": {f"L{i}": i for i in range(labels)}}, {}])
    raw |= rope(r, s, family)
    return {key: value for key, value in raw.items() if value is not ABSENT}


def randomise(model, g):
    """Weights under which every part counts: matrices keep the size of what they carry, norms and biases are not trivial."""
    for name, parameter in model.named_parameters():
        noise = torch.randn(parameter.shape, generator=g)
        if parameter.dim() == 2:
            parameter.data = noise * (1.0 if "embed_tokens" in name else 1.2 / parameter.shape[1] ** 0.5)
        elif "norm" in name:
            parameter.data = noise * 0.2 + (0 if "Gemma" in type(model).__name__ else 1)
        else:
            parameter.data = noise * 0.3


def draw_inputs(r, g, config):
    """Five kinds of input; a mask, positions and steps are lists, so that they read well in a report."""
    batch, length = r.randint(1, 3), r.randint(2, 13)
    if config.pad_token_id is None:
        batch = 1  # sequence classification of a batch needs the pad token
    ids = lambda b, t: torch.randint(0, config.vocab_size, (b, t), generator=g).tolist()
    pads = [r.randint(0, length - 1) for _ in range(batch)]
    left = r.random() < 0.5
    mask = [[int(t >= pad) if left else int(t < length - pad) for t in range(length)] for pad in pads]
    pad_id = config.pad_token_id if config.pad_token_id is not None else 0
    padded = [[id if m else pad_id for id, m in zip(row, ms)] for row, ms in zip(ids(batch, length), mask)]
    steps = [r.randint(1, length)]
    while sum(steps) < length:
        steps.append(min(r.choice([1, 1, 2, 3]), length - sum(steps)))
    start = r.choice([0, 3, 10, 60, 3000])
    positions = r.choice([
        lambda: [[start + t for t in range(length)]] * batch,
        lambda: [[max(0, sum(row[:t + 1]) - 1) for t in range(length)] for row in mask],
        lambda: [[t if t < cut else t - cut for t in range(length)] for cut in [r.randint(1, length) for _ in range(batch)]],
        lambda: [[r.randint(0, 40) for _ in range(length)] for _ in range(batch)],
    ])()
    inputs = {"ids": {"input_ids": ids(batch, length)},
              "padded": {"input_ids": padded, "attention_mask": mask},
              "cached": {"input_ids": ids(batch, length), "steps": steps} | ({"attention_mask": mask} if left and r.random() < 0.5 else {}),
              "positions": {"input_ids": ids(batch, length), "position_ids": positions},
              "embeds": {"inputs_embeds": torch.randn(batch, length, config.hidden_size, generator=g).bfloat16().float().tolist()}
              | ({"attention_mask": mask} if r.random() < 0.3 else {})}
    return inputs


@contextlib.contextmanager
def all_in_float64():
    """Models cast to float32 by themselves for norms, angles and softmax; here these stay in float64 too."""
    to, softmax = torch.Tensor.to, torch.nn.functional.softmax
    wide = lambda value: torch.float64 if value is torch.float32 else value

    def to_wide(self, *args, **options):
        return to(self, *map(wide, args), **{key: wide(value) for key, value in options.items()})

    def softmax_wide(x, *args, **options):
        return softmax(x, *args, **{key: wide(value) for key, value in options.items()})

    with mock.patch.object(torch.Tensor, "to", to_wide), mock.patch.object(torch.Tensor, "float", torch.Tensor.double), \
            mock.patch.object(torch.nn.functional, "softmax", softmax_wide):
        yield


@contextlib.contextmanager
def masks_of_flash_attention(config):
    """Gemma and Gemma 2 tell `use_bidirectional_attention` to the attention function only: flash attention follows it, with a
    window of `sliding_window - 1` to both sides, while the masks of eager attention, which runs here, stay causal. So they get
    their masks as Gemma 3 makes its own."""
    family, patches = config.model_type, []
    if family in ("gemma", "gemma2") and config.use_bidirectional_attention:
        module = importlib.import_module(f"transformers.models.{family}.modeling_{family}")
        both = lambda *args: torch.tensor(True, dtype=torch.bool)
        near = lambda batch, head, q, kv: abs(q - kv) < config.sliding_window
        for name, overlay in (("create_causal_mask", both), ("create_sliding_window_causal_mask", near)):
            if hasattr(module, name):
                patches.append(mock.patch.object(module, name, functools.partial(getattr(module, name), or_mask_function=overlay)))
    with contextlib.ExitStack() as stack:
        for patch in patches:
            stack.enter_context(patch)
        yield


def opened(folder, head, dtype):
    return HEADS[head].from_pretrained(folder, dtype=dtype, attn_implementation="eager").eval()


def run(model, given, head):
    """Main output, in float64; of steps the outputs one after the other."""
    model = copy.deepcopy(model)  # the rotary tables of "dynamic" and "longrope" keep what they saw
    dtype = next(model.parameters()).dtype
    tensors = {key: torch.tensor(given[key]) for key in ("input_ids", "position_ids", "attention_mask") if key in given}
    if "inputs_embeds" in given:
        tensors["inputs_embeds"] = torch.tensor(given["inputs_embeds"], dtype=dtype)
    result = lambda out: (out.last_hidden_state if head == "base" else out.logits).double()
    with torch.no_grad(), masks_of_flash_attention(model.config), all_in_float64() if dtype is torch.float64 else contextlib.nullcontext():
        if "steps" not in given:
            return result(model(**tensors, use_cache=False))
        cache, done, outputs = DynamicCache(config=model.config), 0, []
        for step in given["steps"]:
            now = {"input_ids": tensors["input_ids"][:, done:done + step]}
            if "attention_mask" in tensors:
                now["attention_mask"] = tensors["attention_mask"][:, :done + step]
            done += step
            outputs.append(result(model(**now, past_key_values=cache, use_cache=True)))
    return torch.cat(outputs, 0 if head == "sequence-classification" else 1)


def seen(given, head, pad):
    """[B][T], or [passes · B][1] of a sequence head: outputs that belong to tokens. What stands at padding means nothing."""
    if "attention_mask" not in given:
        return None
    mask = given["attention_mask"]
    if head != "sequence-classification":
        return [[bool(m) for m in row] for row in mask]
    length = len(mask[0])
    ids = given.get("input_ids", [[None] * length for _ in mask])
    done, rows = 0, []
    for step in given.get("steps", [length]):
        for row, ms in zip(ids, mask):
            pooled = step - 1
            if pad is not None and row[0] is not None:  # the last one that is not the pad token
                pooled = max((t for t in range(step) if row[done + t] != pad), default=0)
            rows.append([bool(ms[done + pooled])])
        done += step
    return rows


def farthest(a, b, kept):
    difference = (a - b).abs()
    if kept is not None:
        flat = torch.tensor(kept).flatten()
        difference = difference.reshape(len(flat), -1)[flat]
    return difference.max().item() if difference.numel() else 0.0


def make_case(folder, family, head, seed, index):
    """One model with all its runs; None where transformers itself refuses the config or an input of it."""
    r = random.Random(f"{seed}/{family}/{head}/{index}")
    g = torch.Generator().manual_seed(r.randrange(2**31))
    raw = draw_config(r, family)
    folder.mkdir(parents=True)
    values, variants = [], []
    try:
        for dtype in ("f32", "bf16"):
            (folder / dtype).mkdir()
            stored = str(TORCH[dtype]).removeprefix("torch.")
            (folder / dtype / "config.json").write_text(json.dumps(raw | {"torch_dtype" if index % 2 else "dtype": stored}))
        config = AutoConfig.from_pretrained(folder / "f32")
        with torch.no_grad():
            model = HEADS[head].from_config(config).float()
        randomise(model, g)
        inputs = draw_inputs(r, g, config)
        for dtype in ("f32", "bf16"):
            tied = {"lm_head.weight"} if config.tie_word_embeddings else set()
            tensors = {name: tensor.to(TORCH[dtype]).contiguous() for name, tensor in model.state_dict().items() if name not in tied}
            save_file(tensors, folder / dtype / "model.safetensors", metadata={"format": "pt"})
            exact = opened(folder / dtype, head, torch.float64)
            noisy = {name: opened(folder / dtype, head, TORCH[name]) for name in TORCH if name in ("f32", dtype)}
            for variant, given in inputs.items():
                truth, kept = run(exact, given, head), seen(given, head, config.pad_token_id)
                noise = {name: farthest(run(model, given, head), truth, kept) for name, model in noisy.items()}
                if not torch.tensor([truth.abs().max().item(), *noise.values()]).isfinite().all():
                    raise ValueError(f"{variant}: outputs that are not finite")
                variants.append({"dtype": dtype, "variant": variant, "inputs": given, "shape": list(truth.shape), "kept": kept,
                                 "offset": sum(value.size for value in values), "noise": noise, "largest": truth.abs().max().item()})
                values.append(truth.numpy().astype("<f8").ravel())
    except Exception as error:  # what transformers refuses is counted, not compared
        return {"family": family, "head": head, "index": index, "config": raw, "refused": f"{type(error).__name__}: {error}".splitlines()[0][:300]}
    (folder / "outputs.f64").write_bytes(numpy.concatenate(values).tobytes())
    return {"family": family, "head": head, "index": index, "folder": folder.name, "config": raw, "variants": variants}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--configs", type=int, default=4, help="per family and head")
    parser.add_argument("--family", action="append", choices=FAMILIES)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    cases, missing = [], []
    for family in options.family or FAMILIES:
        for head, auto in HEADS.items():
            if CONFIG_MAPPING[family] not in auto._model_mapping:
                missing.append([family, head])
                continue
            made = index = 0
            while made < options.configs and index < 6 * options.configs:
                case = make_case(options.out / f"{family}-{head}-{index}", family, head, options.seed, index)
                made += "refused" not in case
                index += 1
                cases.append(case)
    manifest = {"seed": options.seed, "versions": f"transformers {transformers.__version__}, torch {torch.__version__}", "missing": missing, "cases": cases}
    (options.out / "cases.json").write_text(json.dumps(manifest))
    refused = sum("refused" in case for case in cases)
    print(f"seed {options.seed}: {len(cases) - refused} models, {refused} configs that transformers refuses")


if __name__ == "__main__":
    main()
