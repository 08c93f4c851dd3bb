"""Packs the JSON-Schema-Test-Suite (json-schema-org, MIT) into fixtures/json-schema-test-suite.json.gz.

    git clone https://github.com/json-schema-org/JSON-Schema-Test-Suite suite
    python scripts/reference/make_json_schema_suite.py suite/.git

Read from the commit that is checked out: the groups of tests by draft and file, and the schemas they refer to by URI.
"""

import gzip
import json
import subprocess
import sys
from pathlib import Path

DRAFTS = ["draft4", "draft6", "draft7", "draft2019-09", "draft2020-12"]
REPOSITORY = sys.argv[1]


def git(*args: str) -> str:
    return subprocess.run(["git", "-C", REPOSITORY, *args], check=True, capture_output=True, text=True).stdout


def read(path: str):
    return json.loads(git("show", f"HEAD:{path}"))


def groups(path: str) -> list:
    return [
        {
            "description": group["description"],
            "schema": group["schema"],
            "tests": [[test["description"], test["data"], test["valid"]] for test in group["tests"]],
        }
        for group in read(path)
    ]


names = git("ls-tree", "-r", "HEAD", "--name-only").split("\n")
suite = {"commit": git("rev-parse", "HEAD").strip(), "drafts": {}, "remotes": {}}
for draft in DRAFTS:
    prefix = f"tests/{draft}/"
    suite["drafts"][draft] = {
        name[len(prefix) : -len(".json")]: groups(name) for name in names if name.startswith(prefix) and name.endswith(".json")
    }
for name in names:
    if name.startswith("remotes/") and name.endswith(".json"):
        suite["remotes"][f"http://localhost:1234/{name[len('remotes/'):]}"] = read(name)

text = json.dumps(suite, ensure_ascii=True, separators=(",", ":"))
path = Path(__file__).parents[2] / "fixtures" / "json-schema-test-suite.json.gz"
path.write_bytes(gzip.compress(text.encode(), mtime=0))
print(f"{path.name}: {len(text)} bytes of JSON, {path.stat().st_size} packed")
