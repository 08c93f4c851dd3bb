"""The Unicode tables of the tokenizers library, as far as those of JavaScript engines differ from them, and what the
library makes of the characters concerned.

    python3.11 -m venv .venv && .venv/bin/pip install tokenizers==0.23.3 unicodedata2==18.0.0
    .venv/bin/python scripts/reference/make_unicode_tables.py

writes packages/helium/src/tokenizer/unicode/tables.ts and packages/helium/test/fixtures/tokenizer-unicode.json. The library
is asked about every code point; Python 3.11 (Unicode 14) tells what every engine with the flag `v` knows, unicodedata2 what
has changed since.
"""

import json
import random
import unicodedata as base
from pathlib import Path

import tokenizers
import unicodedata2 as latest
from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers

assert base.unidata_version == "14.0.0", f"Unicode {base.unidata_version}; run this with Python 3.11"
assert latest.unidata_version == "18.0.0", f"unicodedata2 {latest.unidata_version}; expected 18.0.0"

ROOT = Path(__file__).resolve().parents[2]
TABLES = ROOT / "packages/helium/src/tokenizer/unicode/tables.ts"
FIXTURE = ROOT / "packages/helium/test/fixtures/tokenizer-unicode.json"

CODES = [code for code in range(0x110000) if not 0xD800 <= code < 0xE000]
CATEGORIES = ("Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cc Cf Co Cn").split()
DERIVED = "Alphabetic Lowercase Uppercase White_Space".split()
SCRIPTS = (
    "Adlam Ahom Arabic Armenian Avestan Balinese Bamum Bengali Bopomofo Brahmi Braille Common Cyrillic Devanagari "
    "Egyptian_Hieroglyphs Ethiopic Georgian Greek Gujarati Gurmukhi Han Hangul Hebrew Hiragana Inherited Javanese Kannada "
    "Katakana Khmer Lao Latin Malayalam Mongolian Myanmar Oriya Sinhala Syriac Tamil Telugu Thaana Thai Tibetan Yi"
).split()
ASCII_PUNCTUATION = "$+<=>^`|~"


def matches(pattern):
    """All code points that Oniguruma's pattern matches."""
    keep = pre_tokenizers.Split(Regex(pattern), "removed", invert=True)
    found = set()
    for first in range(0, len(CODES), 1 << 16):
        for piece, _ in keep.pre_tokenize_str("".join(map(chr, CODES[first : first + (1 << 16)]))):
            found.update(map(ord, piece))
    return found


def cut_out(pre_tokenizer):
    """All code points that are cut from letters on both sides."""
    return {code for code in CODES if len(pre_tokenizer.pre_tokenize_str(f"a{chr(code)}a")) == 3}


members = {name: matches(rf"\p{{{name}}}") for name in CATEGORIES + DERIVED + SCRIPTS}
category = {code: name for name in CATEGORIES for code in members[name]}
added = {code for code in CODES if base.category(chr(code)) == "Cn"}


def properties(code, names):
    return tuple(name for name in names if code in members[name])


# For what is newer than Unicode 14 or changed since: a character that has been what the library takes this one for.
changed = {code for code in CODES if code not in added and not
           category[code] == base.category(chr(code)) == latest.category(chr(code))}
exact, similar = {}, {}
for code in CODES:
    if code in added or code in changed:
        continue
    exact.setdefault(properties(code, CATEGORIES + DERIVED + SCRIPTS), code)
    if not properties(code, SCRIPTS):
        similar[properties(code, CATEGORIES + DERIVED)] = code
for code in CODES:
    if code not in added and code not in changed:
        similar.setdefault(properties(code, CATEGORIES + DERIVED), code)
UNASSIGNED = 0xFDD0
stand_ins = [UNASSIGNED]


def stand_in(code):
    if category[code] == "Cn":
        return 0
    found = exact.get(properties(code, CATEGORIES + DERIVED + SCRIPTS)) or similar[properties(code, CATEGORIES + DERIVED)]
    if found not in stand_ins:
        stand_ins.append(found)
    return stand_ins.index(found)


newer = {code: stand_in(code) for code in sorted((added | changed) - set(range(0xFDD0, 0xFDF0)))}

# The normalizers: characters that Unicode 14 decomposes or orders and the library does not. Later ones are all `newer`.
FORMS = {form: getattr(normalizers, form)() for form in ["NFC", "NFD", "NFKC", "NFKD"]}


def effects(code, normalize):
    around = [f"a\u0345{chr(code)}", f"a{chr(code)}\u0334"]
    return [normalize(form, chr(code)) for form in FORMS] + [normalize("NFD", text) for text in around]


inert = {}
for code in CODES:
    ours = effects(code, lambda form, text: FORMS[form].normalize_str(text))
    if code in added:
        assert ours == [chr(code)] * 4 + [f"a\u0345{chr(code)}", f"a{chr(code)}\u0334"], hex(code)
    elif ours != effects(code, base.normalize):
        assert ours[:4] == [chr(code)] * 4, hex(code)
        inert[code] = 0

strip_accents = normalizers.StripAccents()
accents = {code: 0 for code in CODES if strip_accents.normalize_str(chr(code)) == ""}
punctuation = {code: 0 for code in sorted(cut_out(pre_tokenizers.Punctuation()))}
newer_digits = {code: 0 for code in sorted(cut_out(pre_tokenizers.Digits(True)) - members["Nd"] - members["Nl"] - members["No"])}

lower = normalizers.Lowercase()
lowercase = {}
for code in sorted(added):
    text = lower.normalize_str(chr(code))
    if text != chr(code):
        assert len(text) == 1, hex(code)
        lowercase[code] = ord(text)
for code in CODES:
    assert code in added or lower.normalize_str(chr(code)) == chr(code).lower(), hex(code)
lower_sets = {delta: {code: 0 for code in lowercase if lowercase[code] - code == delta}
              for delta in sorted({small - code for code, small in lowercase.items()})}


def digits36(number):
    text = ""
    while number or not text:
        text = "0123456789abcdefghijklmnopqrstuvwxyz"[number % 36] + text
        number //= 36
    return text


def ranges(kinds):
    """`[first, last, kind]` of the runs of code points of one kind; surrogates lie in no run."""
    runs = []
    for code in sorted(kinds):
        if runs and runs[-1][1] == code - 1 and runs[-1][2] == kinds[code]:
            runs[-1][1] = code
        else:
            runs.append([code, code, kinds[code]])
    return runs


def packed(kinds):
    """Each run as gap, length − 1 and kind, in base 36, zeros at the end left out."""
    words, after = [], 0
    for first, last, kind in ranges(kinds):
        parts = [digits36(number) for number in (first - after, last - first, kind)]
        while len(parts) > 1 and parts[-1] == "0":
            parts.pop()
        words.append(".".join(parts))
        after = last + 1
    lines = [""]
    for word in words:
        if len(lines[-1]) + len(word) > 116:
            lines.append("")
        lines[-1] += (" " if lines[-1] else "") + word
    return "`\n" + "\n".join(lines) + "\n`"


def write_tables():
    lower_rows = "".join(f"  [{delta}, {packed(codes)}],\n" for delta, codes in lower_sets.items())
    stand_in_list = ", ".join(f"0x{code:x}" for code in stand_ins)
    TABLES.write_text(f"""\
/**
 * Made by scripts/reference/make_unicode_tables.py of tokenizers {tokenizers.__version__}. Runs of code points: the gap after
 * the run before, the length − 1 and a kind, in base 36, zeros at the end left out.
 */

/** What Unicode 14 does not know, or has changed since. The kind is a place in `standIns`. */
export const newerRuns = {packed(newer)};

/** Characters of Unicode 14 that are what the library's regular expressions (Unicode 16) take newer ones for. */
export const standIns: readonly number[] = [{stand_in_list}];

/** What Unicode 14 decomposes or orders and the library's normalizers (Unicode 9) do not know. */
export const inertRuns = {packed(inert)};

/** Combining marks of Unicode 9. */
export const accentRuns = {packed(accents)};

/** ASCII punctuation and `\\p{{P}}` of Unicode 8. */
export const punctuationRuns = {packed(punctuation)};

/** Numbers of Unicode 17 that Unicode 16 does not know. */
export const newerDigitRuns = {packed(newer_digits)};

/** Capitals that Unicode 14 does not know and Unicode 17 does, by the distance to their small letters. */
export const newerCapitalRuns: readonly (readonly [number, string])[] = [
{lower_rows}];
""")


rng = random.Random(9)
known = [code for code in CODES if code in newer and newer[code] != 0]
unknown = [code for code in CODES if code in added and category[code] == "Cn" and latest.category(chr(code)) != "Cn"]
plain = [chr(code) for code in [0x20, 0x61, 0x65, 0xE9, 0x301, 0x323, 0x345, 0x31, 0x2E, 0x4E00, 0xAC00, 0x1161, 0xFB01]]


def make_text():
    pools = [lambda: rng.choice(plain), lambda: rng.choice(plain), lambda: chr(rng.choice(known)),
             lambda: chr(rng.choice(unknown)), lambda: chr(rng.choice(list(inert)))]
    return "".join(rng.choice(pools)() for _ in range(rng.randrange(2, 12)))


LLAMA3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
DEEPSEEK = (r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*"
            r"|\s*[\r\n]+|\s+(?!\S)|\s+")
SPLITS = {
    "llama 3": pre_tokenizers.Split(Regex(LLAMA3), "isolated"),
    "deepseek v3": pre_tokenizers.Split(Regex(DEEPSEEK), "isolated"),
    "whitespace": pre_tokenizers.Whitespace(),
    "digits": pre_tokenizers.Digits(individual_digits=False),
    "punctuation": pre_tokenizers.Punctuation("contiguous"),
}
REWRITES = {**FORMS, "StripAccents": strip_accents, "Lowercase": lower}
single_word = Tokenizer(models.BPE())
single_word.add_tokens([AddedToken("zq", single_word=True)])


def write_fixture():
    probes = sorted(known + unknown + list(changed))
    texts = [make_text() for _ in range(160)]
    result = {
        "versions": {"tokenizers": tokenizers.__version__, "later": latest.unidata_version},
        "categories": ranges({code: category[code] for code in probes}),
        "alphabetic": ranges({code: 0 for code in probes if code in members["Alphabetic"]}),
        "han": ranges({code: 0 for code in probes if code in members["Han"]}),
        "words": ranges({code: 0 for code in probes if not single_word.encode("zq" + chr(code)).ids}),
        "texts": texts,
        "splits": [
            {"pre_tokenizer": json.loads(splitter.__getstate__()), "name": name,
             "pieces": [[piece for piece, _ in splitter.pre_tokenize_str(text)] for text in texts]}
            for name, splitter in SPLITS.items()
        ],
        "rewrites": [
            {"normalizer": json.loads(rewrite.__getstate__()), "name": name,
             "texts": [rewrite.normalize_str(text) for text in texts]}
            for name, rewrite in REWRITES.items()
        ],
    }
    FIXTURE.write_text(json.dumps(result, ensure_ascii=True, separators=(",", ":")) + "\n")


def count(names):
    """Code points that a JavaScript engine of the latest Unicode would take for another of these classes."""
    groups = lambda letter: next((index for index, name in enumerate(names) if letter[0] == name), -1)
    return sum(groups(category[code]) != groups(latest.category(chr(code))) for code in CODES)


write_tables()
write_fixture()
print(f"{TABLES.stat().st_size} bytes of tables, {FIXTURE.stat().st_size} bytes of fixture")
print(f"newer {len(ranges(newer))} runs, {len(known)} known, {len(stand_ins)} stand-ins; inert {len(inert)}; changed {sorted(map(hex, changed))}")
print("letters and numbers:", count("LN"), "letters, marks, punctuation, symbols:", count("LMPS"))
