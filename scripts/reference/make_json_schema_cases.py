"""Strings of JSON-Schema-Test-Suite, draft 2020-12, for fixtures/json-schema/strings.json: what each format and each pattern
of ecmascript-regex takes and refuses.

python scripts/reference/make_json_schema_cases.py <folder of a checkout of json-schema-org/JSON-Schema-Test-Suite>
"""

import json
import pathlib
import subprocess
import sys

suite = pathlib.Path(sys.argv[1])
optional = suite / "tests" / "draft2020-12" / "optional"
target = pathlib.Path(__file__).parents[2] / "fixtures" / "json-schema" / "strings.json"


def strings(group):
    tests = [test for test in group["tests"] if isinstance(test["data"], str)]
    return {
        "valid": [test["data"] for test in tests if test["valid"]],
        "invalid": [test["data"] for test in tests if not test["valid"]],
    }


formats = {}
for file in sorted((optional / "format").glob("*.json")):
    for group in json.loads(file.read_text()):
        name = group["schema"].get("format")
        if name is None or file.stem != name:
            continue
        own = formats.setdefault(name, {"valid": [], "invalid": []})
        for kind, texts in strings(group).items():
            own[kind] += [text for text in texts if text not in own[kind]]

patterns = []
for file in ["ecmascript-regex", "non-bmp-regex"]:
    for group in json.loads((optional / f"{file}.json").read_text()):
        if "pattern" in group["schema"]:
            patterns.append({"pattern": group["schema"]["pattern"], **strings(group)})

commit = subprocess.run(["git", "-C", suite, "rev-parse", "HEAD"], capture_output=True, text=True).stdout.strip()
target.parent.mkdir(exist_ok=True)
target.write_text(json.dumps({"commit": commit, "formats": formats, "patterns": patterns}, indent=1) + "\n")
