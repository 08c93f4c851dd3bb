#!/usr/bin/env python3
"""Tokenizers at the edges where mistakes hid from the other cases, run by the tokenizers library and transformers:
packages/helium/test/fixtures/tokenizer-edges.json.

    .venv/bin/python scripts/reference/make_tokenizer_edges.py        needs tokenizers==0.23.3 transformers==5.23.0
"""
import json
import warnings
from pathlib import Path
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers
from transformers import PreTrainedTokenizerFast

ROOT = Path(__file__).resolve().parents[2]
TEXTS = ["€", "a€b", "é", "aé€b", "😀", "€€", "ab", "é é", "漢", "a\u0301", "¢£¥", "€é😀", ""]


def encodings(tokenizer, texts):
    return [{"text": text, "ids": e.ids, "tokens": e.tokens, "offsets": e.offsets}
            for text in texts for e in [tokenizer.encode(text, add_special_tokens=False)]]


def byte_fallback():
    """BPE that falls back to bytes of which its vocabulary has only some: a character has all of its own or is unknown."""
    cases = []
    for pieces in (["<0xE2>", "<0x82>"], ["<0xE2>", "<0x82>", "<0xAC>"], ["<0xC3>", "<0xA9>"], ["<0xAC>"], [f"<0x{b:02X}>" for b in range(256)], []):
        for unk in (None, "<unk>"):
            for fuse in (False, True):
                vocab = {token: id for id, token in enumerate(["<unk>", "a", "b", "ab", " ", *pieces])}
                tokenizer = Tokenizer(models.BPE(vocab, [("a", "b")], unk_token=unk, fuse_unk=fuse, byte_fallback=True))
                cases.append({"tokenizer": json.loads(tokenizer.to_str()), "encodings": encodings(tokenizer, TEXTS)})
    return cases


def strips():
    """Added tokens that take the white space beside them: some, much, of other kinds, and what another took before."""
    texts = ["a <r> b", "a <r>  b", "a <r>   b", "a<r>\n b", "a  <l> b", "a   <l>b", "a <r> <l> b", "a <r>  <l> b", "a <r>   <l>   <r> b",
             "<r> <r> <l>", "<l> <l>", " <r> ", " <l> ", "  <b>  ", "a <b> <b> b", "a <b>  <l>  <r>  <b> b", "<r>\u3000<l>", "<r>\t\n<b>x", "a <r> <p> b",
             "a <p> <l> b", "<r> <l>", "<r>  ", "  <l>", "<b> <r> <l> <b>", "a <r>", "<l> b"]
    cases = []
    for special in (False, True):
        for normalized in (False, True):
            vocab = {token: id for id, token in enumerate(["<unk>", "a", "b", "x", " ", "\n", "\t", "\u3000"])}
            tokenizer = Tokenizer(models.BPE(vocab, [], unk_token="<unk>"))
            tokens = [AddedToken(f"<{name}>", lstrip=name in "lb", rstrip=name in "rb", normalized=normalized, special=special) for name in "lrbp"]
            (tokenizer.add_special_tokens if special else tokenizer.add_tokens)(tokens)
            cases.append({"tokenizer": json.loads(tokenizer.to_str()), "encodings": encodings(tokenizer, texts)})
    return cases


def lengths():
    """What transformers makes of lengths, padding and multiples; null = refused."""
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=Tokenizer.from_file(str(ROOT / "fixtures/tokenizer/tokenizer.json")), pad_token="<pad>")
    texts = ["Hello world, this is a text", "a"]
    cases = []
    for maximum in (None, 5, 10, 16):
        for padding in (False, True, "longest", "max_length"):
            for truncation in (None, False, True):
                for multiple in (None, 4, 5, 8):
                    if maximum is None and (padding == "max_length" or truncation):
                        continue
                    options = {"padding": padding, "maxLength": maximum, "truncation": truncation, "padToMultipleOf": multiple}
                    python = {"padding": padding, "max_length": maximum, "truncation": truncation, "pad_to_multiple_of": multiple}
                    with warnings.catch_warnings(record=True) as told:
                        warnings.simplefilter("always")
                        try:
                            ids = tokenizer(texts, **python)["input_ids"]
                        except ValueError:
                            ids = None
                    cases.append({"options": {key: value for key, value in options.items() if value is not None}, "ids": ids,
                                  "warns": any("is ignored" in str(w.message) for w in told)})
    return {"texts": texts, "cases": cases}


if __name__ == "__main__":
    out = ROOT / "packages/helium/test/fixtures/tokenizer-edges.json"
    data = {"byte_fallback": byte_fallback(), "strips": strips(), "lengths": lengths()}
    lines = ",\n".join(f" {json.dumps(key)}: {json.dumps(value, ensure_ascii=False, separators=(',', ':'))}" for key, value in data.items())
    out.write_text("{\n" + lines + "\n}\n", encoding="utf-8")
    print(out.stat().st_size, "bytes")
