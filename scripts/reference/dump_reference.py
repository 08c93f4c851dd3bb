#!/usr/bin/env python3
"""One forward pass of a causal LM in transformers, module by module, for `helium parity`.

    python scripts/reference/dump_reference.py <model folder> <out.safetensors> --ids 5,6,7
    python scripts/reference/dump_reference.py <model folder> <out.safetensors> --text "Hello" [--dtype bfloat16]
    python scripts/reference/dump_reference.py --fixtures      the tiny models of fixtures/models → fixtures/parity

Needs: torch, transformers, safetensors, numpy. The file holds input_ids, hidden_states.*, logits, and what went in and
out of every module with weights, every attention, MLP and layer, each tensor once, in float32.
"""
import argparse, json, os
from pathlib import Path
os.environ.setdefault("HF_HUB_OFFLINE", "1")
import torch, transformers
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM, AutoTokenizer

torch.set_num_threads(1)
torch.set_grad_enabled(False)


def first(value):
    return value[0] if isinstance(value, tuple) else value


class Recorder:
    """Keeps each tensor once: a module's input is mostly another one's output."""

    def __init__(self):
        self.tensors, self.modules, self.names = {}, [], {}

    def keep(self, name, value):
        value = value.detach().to(torch.int32 if value.dtype == torch.int64 else torch.float32).contiguous().clone()
        key = (tuple(value.shape), value.numpy().tobytes())
        if key not in self.names:
            self.names[key] = name
            self.tensors[name] = value
        return self.names[key]

    def hook(self, path):
        def record(_, args, kwargs, output):
            given = args[0] if args else kwargs["hidden_states"]
            self.modules.append({"path": path, "input": self.keep(f"{path}.input", given),
                                 "output": self.keep(f"{path}.output", first(output))})
        return record


def watched(path, module):
    last = path.rsplit(".", 1)[-1]
    own_weight = isinstance(getattr(module, "weight", None), torch.nn.Parameter)
    return own_weight or last in ("self_attn", "mlp") or (last.isdigit() and ".layers." in path)


def dump(folder, out, ids=None, text=None, dtype=torch.float32):
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype, attn_implementation="eager").eval()
    if ids is None:
        ids = AutoTokenizer.from_pretrained(folder)(text).input_ids
    recorder = Recorder()
    for path, module in model.named_modules():
        if watched(path, module):
            module.register_forward_hook(recorder.hook(path), with_kwargs=True)
    input_ids = torch.tensor([ids])
    result = model(input_ids=input_ids, output_hidden_states=True, use_cache=False)
    tensors = dict(recorder.tensors)
    tensors["input_ids"] = input_ids.to(torch.int32)
    tensors["logits"] = result.logits.float().contiguous()
    for i, state in enumerate(result.hidden_states):
        tensors[f"hidden_states.{i}"] = state.float().contiguous().clone()
    metadata = {"format": "helium-lm-parity-1", "modules": json.dumps(recorder.modules), "dtype": str(dtype).split(".")[-1],
             "model_type": model.config.model_type, "transformers": transformers.__version__,
             "torch": torch.__version__.split("+")[0]}
    Path(out).parent.mkdir(parents=True, exist_ok=True)
    save_file(tensors, out, metadata=metadata)
    print(f"{out}: {len(recorder.modules)} modules, {len(tensors)} tensors")


def fixtures():
    root = Path(__file__).resolve().parents[2] / "fixtures"
    for folder in sorted((root / "models").iterdir()):
        expected = root / "expected" / f"{folder.name}-causal.json"
        if not expected.exists():
            continue
        ids = json.loads(expected.read_text())["unpadded"]["input_ids"]
        ids = ids[0] if isinstance(ids[0], list) else ids
        dump(folder / "causal", root / "parity" / f"{folder.name}.safetensors", ids=ids)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", nargs="?")
    parser.add_argument("out", nargs="?")
    parser.add_argument("--ids", help="token ids, comma separated")
    parser.add_argument("--text")
    parser.add_argument("--dtype", default="float32", choices=["float32", "bfloat16", "float16"])
    parser.add_argument("--fixtures", action="store_true")
    args = parser.parse_args()
    if args.fixtures:
        fixtures()
    else:
        ids = [int(i) for i in args.ids.split(",")] if args.ids else None
        dump(args.folder, args.out, ids=ids, text=args.text, dtype=getattr(torch, args.dtype))
