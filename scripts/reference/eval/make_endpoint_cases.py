"""What `local-completions` of lm-evaluation-harness asks of a server, and what it makes of the answers.

    python3.11 -m venv .venv
    .venv/bin/pip install --no-deps lm_eval==0.4.13
    .venv/bin/pip install sacrebleu==2.6.0 datasets==5.0.1 jinja2 dill more_itertools typing_extensions tqdm regex requests aiohttp \
        tenacity scikit-learn==1.6.1 pyyaml transformers==5.18.0
    .venv/bin/python scripts/reference/eval/make_endpoint_cases.py

The server is a toy: a token for each character, and log-probabilities by the rule of packages/eval/test/helpers/toy-endpoint.ts.
Writes packages/eval/fixtures/expected/endpoint.json.
"""

import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from pathlib import Path

os.environ["DISABLE_MULTIPROC"] = "1"
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["OPENAI_API_KEY"] = "sk-toy"

from lm_eval.api.instance import Instance  # noqa: E402
from lm_eval.models.openai_completions import LocalCompletionsAPI  # noqa: E402

ROOT = Path(__file__).resolve().parents[3]
OUT = ROOT / "packages/eval/fixtures/expected/endpoint.json"

MAX_LENGTH = 24
PAIRS = [
    ("Where is it?", " here"),
    ("Where is it? ", "over there"),
    ("Line\n\n", "next\n"),
    ("", "from nothing"),
    ("Context that is far too long for this model", " ends so"),
    ("é🙂", " ü"),
    ("a", "bcd"),
]
TEXTS = ["Once upon a time there was a model with few tokens.", "x", "exactly twenty-two chr!"]
GENERATIONS = [
    ("Q: who?\nA:", {"until": ["\n", "."], "max_gen_toks": 8}),
    ("A prompt that loses its start", {"until": [","], "max_gen_toks": 12}),
]
SPECIAL = {"<s>": [1], "</s>": [2]}

bodies = []


def logprob(before, token):
    return -0.125 if token == before + 1 else -1 - ((before * 31 + token * 17) % 64) / 16


def choice(index, ids):
    ids = ids + [ids[-1] + 1]
    own = [None] + [logprob(a, b) for a, b in zip(ids, ids[1:])]
    top = [None] + [{"best": -0.125, "own": value} for value in own[1:]]
    return {"index": index, "text": "", "logprobs": {"token_logprobs": own, "top_logprobs": top}}


class Handler(BaseHTTPRequestHandler):
    def reply(self, value):
        data = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        self.reply({"bos_token": "<s>", "eos_token": "</s>", "pad_token": None, "chat_template": None})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self.path == "/tokenize":
            self.reply({"tokens": SPECIAL.get(body["prompt"], [ord(c) for c in body["prompt"]])})
        elif body.get("echo"):
            bodies.append(body)
            self.reply({"choices": [choice(i, ids) for i, ids in enumerate(body["prompt"])]})
        else:
            bodies.append(body)
            texts = [f" Paris, {len(ids)}.\nQ" for ids in body["prompt"]]
            self.reply({"choices": [{"index": i, "text": text} for i, text in enumerate(texts)]})

    def log_message(self, *_):
        pass


def run(method, arguments):
    bodies.clear()
    instances = [Instance(request_type=method, doc={}, arguments=args, idx=i) for i, args in enumerate(arguments)]
    results = getattr(lm, method)(instances)
    return {"arguments": arguments, "results": results, "bodies": [dict(body) for body in bodies]}


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
lm = LocalCompletionsAPI(
    model="toy",
    base_url=f"http://127.0.0.1:{server.server_port}/v1/completions",
    tokenizer_backend="remote",
    max_length=MAX_LENGTH,
)
pinned = {
    "versions": {"lm_eval": version("lm_eval")},
    "maxLength": MAX_LENGTH,
    "loglikelihood": run("loglikelihood", PAIRS),
    "rolling": run("loglikelihood_rolling", [(text,) for text in TEXTS]),
    "generation": run("generate_until", GENERATIONS),
}
server.shutdown()
OUT.parent.mkdir(parents=True, exist_ok=True)
OUT.write_text(json.dumps(pinned, indent=2, ensure_ascii=True) + "\n", encoding="utf-8")
