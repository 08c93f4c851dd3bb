"""What CPython makes of seeds, texts, regular expressions and JSON, where protocols of benchmarks rest on it.

    python3.11 scripts/reference/eval/make_python_cases.py

writes packages/eval/fixtures/expected/python.json, the same bytes for the same version. Uses the standard library alone.
"""

import json
import random
import re
import sys
from pathlib import Path

OUT = Path(__file__).resolve().parents[3] / "packages/eval/fixtures/expected/python.json"

SEEDS = [0, 1, 2, 42, 1234, -1234, 2**31, 2**32 - 1, 2**32, 2**53 - 1, 2**64 + 7, -(2**100), 3**400]
SIZES = [(10, 3), (10, 10), (21, 5), (22, 5), (85, 6), (86, 6), (277, 22), (278, 22), (1119, 25), (5000, 5), (200, 6), (1, 1), (7, 0)]


def random_case(seed):
    def fresh():
        return random.Random(seed)

    bits = fresh()
    numbers = fresh()
    below = fresh()
    sampling = fresh()
    choosing = fresh()
    return {
        "seed": str(seed),
        "bits": [[k, bits.getrandbits(k)] for k in [32, 1, 31, 33, 53, 52, 8, 32]],
        "random": [numbers.random() for _ in range(5)],
        # Far enough that the state is made anew, three times.
        "random2000th": [numbers.random() for _ in range(1995)][-1],
        "below": [[n, below.randrange(n)] for n in [1, 2, 3, 10, 1000, 2**31, 2**32, 2**32 + 1, 2**53 - 1]],
        "samples": [[n, k, sampling.sample(range(n), k)] for n, k in SIZES],
        "choices": choosing.choices(range(1172), k=12),
    }


SPACES = [chr(code) for code in range(0x110000) if chr(code).isspace()]
TEXTS = [
    "",
    " ",
    "Hello World",
    "  two  spaces \t\n",
    "\x1c\x1d unit\x1fseparators \x1e",
    "\x85next\x85line\x85",
    "\ufeffbyte order mark\ufeff",
    "\u200bzero width\u200b",
    "\u3000\u2003wide\u00a0no-break\u202f",
    "ÉCOLE Élémentaire",
    "ΟΔΥΣΣΕΥΣ ΣΟΦΟΣ",
    "Σ",
    "ΑΣ",
    "İstanbul",
    "ßtraße",
    "ǆungla Ǆ",
    "ﬁne ﬂow",
    "ŉ bees",
    "ᾳ ᾷ ᾀ ῼ",
    "კარგი Კ",
    "😀 smile 😀",
    "👩‍👩‍👧 family",
    "e\u0301te\u0301",
    "日本語 テキスト",
    "मराठी भाषा",
    "x² ½ Ⅷ ٣",
    "a_b c-d l'été",
    "line\u2028separator\u2029paragraph\r\nend",
]

PATTERNS = [
    r"\b(a|an|the)\b",
    r"\b(?:The |the |An |A |The |a |an )",
    r"\w+",
    r"\W+",
    r"\s+",
    r"\S+",
    r"\d+",
    r"\D+",
    r"\[.*?\]",
    r".+",
    r"\b",
    r"[\w']+",
    r"[^\s\d]+",
    r"\bl'",
    r"[.\b]x",
]
PATTERN_TEXTS = TEXTS + [
    "The cat and a dog ate an apple; thea the-a a_the.",
    "là la thé a à an ân",
    "[title] one [a\nb] two [] three",
    "x [header] a\u2028b [x\u2028y]",
    "٣٤ ३४ 12 ¹²",
    ".x bx \bx",
]

DOCUMENTS = [
    {},
    [],
    {"question": "¿Qué? \"él\" \\ / \b\f\n\r\t\u0000\u001f\u007f\u2028", "choices": {"text": ["a", "ß", "😀"], "label": ["A", "B", "C"]}},
    {"nested": {"empty list": [], "empty object": {}, "none": None, "yes": True, "no": False}},
    {"integers": [0, 1, -7, 2**53 - 1], "floats": [0.5, -0.25, 1e-4, 1.5e-4, 1e-5, 1.25e-7, 1e16, 1.5e300, 1e22, 5e-324, 0.1 + 0.2, 123456789.125]},
    ["plain", 3, None],
    "text",
    -12,
]


def main():
    assert sys.version_info[:2] == (3, 11), f"Python {sys.version}; run this with 3.11"
    letters = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]
    content = {
        "python": ".".join(map(str, sys.version_info[:3])),
        "random": [random_case(seed) for seed in SEEDS],
        "spaces": "".join(SPACES),
        "texts": [
            {
                "text": text,
                "length": len(text),
                "bytes": len(text.encode("utf-8")),
                "strip": text.strip(),
                "lstrip": text.lstrip(),
                "rstrip": text.rstrip(),
                "split": text.split(),
                "splitAtSpaces": re.split(r"\s+", text),
                "capitalize": text.capitalize(),
                "lower": text.lower(),
            }
            for text in TEXTS
        ],
        # Characters that title case makes something else of than upper case does.
        "titles": {one: one.title() for one in letters if one.title() != one.upper()},
        "patterns": [
            {
                "source": source,
                "matches": [[match.group(0) for match in re.finditer(source, text)] for text in PATTERN_TEXTS],
                "without": [re.sub(source, "_", text) for text in PATTERN_TEXTS],
            }
            for source in PATTERNS
        ],
        "patternTexts": PATTERN_TEXTS,
        "documents": [
            {"document": document, "json": json.dumps(document, indent=2, ensure_ascii=False)} for document in DOCUMENTS
        ],
    }
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(content, ensure_ascii=True, separators=(",", ":")) + "\n")


main()
