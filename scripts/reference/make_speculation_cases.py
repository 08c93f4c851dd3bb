"""Greedy texts of transformers' assisted generation, with what each pass tried: fixtures/generation/speculation.json.

Needs: torch, transformers. Run from the root of the repository. transformers drafts behind the prompt at once, we behind the
first new token: its prompt is therefore ours with that token.
"""

import json

import torch
import transformers
from transformers import AutoModelForCausalLM
from transformers.generation.candidate_generator import AssistedCandidateGenerator

torch.set_num_threads(1)
transformers.logging.set_verbosity_error()

rounds = []
update = AssistedCandidateGenerator.update_candidate_strategy


def record(self, input_ids, scores, num_matches):
    rounds.append([scores.shape[1] - 1, int(num_matches)])
    return update(self, input_ids, scores, num_matches)


AssistedCandidateGenerator.update_candidate_strategy = record


def load(name):
    return AutoModelForCausalLM.from_pretrained(
        f"fixtures/models/{name}/causal", dtype=torch.float32, attn_implementation="eager"
    ).eval()


PROMPTS = [[1, 57, 8, 91, 21], [4, 5, 6, 4, 5], [9, 9, 9]]
SETTINGS = [("heuristic", 3), ("constant", 4), ("heuristic", 1)]
cases = []
for target in ["helium"]:
    for assistant in [target, "helium-bf16", "mistral"]:
        for prompt in PROMPTS:
            for schedule, count in SETTINGS:
                # Loaded anew: a schedule goes on from call to call.
                model, helper = load(target), load(assistant)
                for config in [model.generation_config, helper.generation_config]:
                    config.eos_token_id = None
                    config.pad_token_id = 0
                helper.generation_config.num_assistant_tokens = count
                helper.generation_config.num_assistant_tokens_schedule = schedule
                helper.generation_config.assistant_confidence_threshold = 0.0
                length = len(prompt) + 24
                first = model.generate(torch.tensor([prompt]), max_length=len(prompt) + 1, do_sample=False)
                rounds.clear()
                text = model.generate(first, max_length=length, do_sample=False, assistant_model=helper)
                # transformers' assistant takes a token 0 in a text for padding.
                if 0 in text[0].tolist():
                    continue
                cases.append(
                    {
                        "target": target,
                        "assistant": assistant,
                        "schedule": schedule,
                        "num_assistant_tokens": count,
                        "input_ids": prompt,
                        "sequence": text[0].tolist(),
                        # [tried, right] of each pass.
                        "passes": [list(one) for one in rounds],
                    }
                )

with open("fixtures/generation/speculation.json", "w") as file:
    json.dump({"transformers": transformers.__version__, "torch": torch.__version__.split("+")[0], "cases": cases}, file)
    file.write("\n")
print(len(cases), sum(sum(p[1] for p in c["passes"]) for c in cases), sum(sum(p[0] for p in c["passes"]) for c in cases))
