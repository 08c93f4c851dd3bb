"""What transformers makes of conversations with templates in the styles of real models.

    python -m venv .venv && .venv/bin/pip install transformers==5.24.0 jinja2==3.1.6 tokenizers==0.23.3
    .venv/bin/python scripts/reference/make_chat_template_cases.py

writes fixtures/chat-templates/cases.json, the same bytes for the same versions.
"""

import datetime
import json
from pathlib import Path

import jinja2
import transformers
from tokenizers import Tokenizer, models
from transformers import PreTrainedTokenizerFast
from transformers.utils import chat_template_utils

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime.datetime(2026, 3, 7, 15, 4, 9)


class FixedTime(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return NOW


chat_template_utils.datetime = FixedTime

TEMPLATES = {
    # ChatML with a default system message, as Qwen and SmolLM have it
    "chatml": """{% if messages[0]['role'] != 'system' %}{{ '<|im_start|>system\\nYou are a helpful assistant.<|im_end|>\\n' }}{% endif %}
{%- for message in messages %}
    {{- '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
{%- endif %}""",
    # headers, trimmed contents, the date, tools as JSON: Llama 3's manner
    "headers": """{{- bos_token }}
{%- if not date_string is defined %}
    {%- set date_string = strftime_now("%d %b %Y") %}
{%- endif %}
{%- if messages[0]['role'] == 'system' %}
    {%- set system_message = messages[0]['content']|trim %}
    {%- set messages = messages[1:] %}
{%- else %}
    {%- set system_message = "" %}
{%- endif %}
{{- "<|header|>system<|end_header|>\\n\\nToday: " + date_string + "\\n" }}
{%- if tools is not none %}
    {{- "Call one of these:\\n\\n" }}
    {%- for t in tools %}
        {{- t | tojson(indent=4) }}
        {{- "\\n\\n" }}
    {%- endfor %}
{%- endif %}
{{- system_message + "<|eot|>" }}
{%- for message in messages %}
    {%- if message.tool_calls is defined %}
        {%- if message.tool_calls|length != 1 %}
            {{- raise_exception("Only one call at a time") }}
        {%- endif %}
        {%- set call = message.tool_calls[0].function %}
        {{- '<|header|>assistant<|end_header|>\\n\\n{"name": "' + call.name + '", "parameters": ' + (call.arguments | tojson) + '}<|eot|>' }}
    {%- elif message.role == "tool" %}
        {{- "<|header|>ipython<|end_header|>\\n\\n" }}
        {%- if message.content is mapping or message.content is iterable and message.content is not string %}
            {{- message.content | tojson }}
        {%- else %}
            {{- message.content }}
        {%- endif %}
        {{- "<|eot|>" }}
    {%- else %}
        {{- '<|header|>' + message['role'] + '<|end_header|>\\n\\n' + message['content'] | trim + '<|eot|>' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|header|>assistant<|end_header|>\\n\\n' }}
{%- endif %}
""",
    # strict turns and [INST], as Mistral and Llama 2
    "inst": """{%- if messages[0]["role"] == "system" %}
    {%- set system_message = messages[0]["content"] %}
    {%- set loop_messages = messages[1:] %}
{%- else %}
    {%- set loop_messages = messages %}
{%- endif %}
{%- for message in loop_messages %}
    {%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}
        {{- raise_exception('Roles must alternate user/assistant/user/assistant/...') }}
    {%- endif %}
{%- endfor %}
{{- bos_token }}
{%- for message in loop_messages %}
    {%- if message["role"] == "user" %}
        {%- if loop.last and system_message is defined %}
            {{- "[INST] " + system_message + "\\n\\n" + message["content"] + "[/INST]" }}
        {%- else %}
            {{- "[INST] " + message["content"] + "[/INST]" }}
        {%- endif %}
    {%- elif message["role"] == "assistant" %}
        {{- " " + message["content"]|trim + eos_token }}
    {%- else %}
        {{- raise_exception("Only user and assistant roles are supported, with the exception of an initial optional system message!") }}
    {%- endif %}
{%- endfor %}
""",
    # "model" for the assistant, contents in parts, no system role: Gemma's manner
    "turns": """{{ bos_token }}
{%- if messages[0]['role'] == 'system' -%}
    {%- if messages[0]['content'] is string -%}
        {%- set first_user_prefix = messages[0]['content'] + '\\n\\n' -%}
    {%- else -%}
        {%- set first_user_prefix = messages[0]['content'][0]['text'] + '\\n\\n' -%}
    {%- endif -%}
    {%- set loop_messages = messages[1:] -%}
{%- else -%}
    {%- set first_user_prefix = "" -%}
    {%- set loop_messages = messages -%}
{%- endif -%}
{%- for message in loop_messages -%}
    {%- if (message['role'] == 'assistant') -%}
        {%- set role = "model" -%}
    {%- else -%}
        {%- set role = message['role'] -%}
    {%- endif -%}
    {{ '<start_of_turn>' + role + '\\n' + (first_user_prefix if loop.first else "") }}
    {%- if message['content'] is string -%}
        {{ message['content'] | trim }}
    {%- elif message['content'] is iterable -%}
        {%- for item in message['content'] -%}
            {%- if item['type'] == 'image' -%}
                {{ '<image>' }}
            {%- elif item['type'] == 'text' -%}
                {{ item['text'] | trim }}
            {%- endif -%}
        {%- endfor -%}
    {%- else -%}
        {{ raise_exception("Invalid content type") }}
    {%- endif -%}
    {{ '<end_of_turn>\\n' }}
{%- endfor -%}
{%- if add_generation_prompt -%}
    {{ '<start_of_turn>model\\n' }}
{%- endif -%}
""",
    # macros, namespaces, reversed loops, reasoning that is cut off: Qwen 3's and DeepSeek's manner
    "reasoning": """{%- macro render(role, content) -%}
{{ '<|im_start|>' ~ role ~ '\\n' ~ content ~ '<|im_end|>\\n' }}
{%- endmacro %}
{%- set ns = namespace(last_query=messages|length - 1, found=false) %}
{%- for message in messages[::-1] %}
    {%- set index = (messages|length - 1) - loop.index0 %}
    {%- if not ns.found and message.role == "user" and not message.content.startswith('<tool_response>') %}
        {%- set ns.found = true %}
        {%- set ns.last_query = index %}
    {%- endif %}
{%- endfor %}
{%- if tools %}
{{ render('system', '# Tools\\n' ~ (tools | map(attribute='function') | map(attribute='name') | join(', '))) }}
{%- endif %}
{%- for message in messages %}
    {%- if message.role == "assistant" %}
        {%- set content = message.content %}
        {%- set reasoning = '' %}
        {%- if message.reasoning_content is string %}
            {%- set reasoning = message.reasoning_content %}
        {%- elif '</think>' in content %}
            {%- set reasoning = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}
            {%- set content = content.split('</think>')[-1].lstrip('\\n') %}
        {%- endif %}
        {%- if loop.index0 > ns.last_query and reasoning %}
            {{- render('assistant', '<think>\\n' ~ reasoning.strip('\\n') ~ '\\n</think>\\n\\n' ~ content) }}
        {%- else %}
            {{- render('assistant', content) }}
        {%- endif %}
    {%- else %}
        {{- render(message.role, message.content) }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}
        {{- '<think>\\n\\n</think>\\n\\n' }}
    {%- endif %}
{%- endif %}""",
    # whitespace control and comments of the plain kind
    "plain": """{# a comment #}
{% for message in messages %}
{% if message.role == 'system' %}
  {% continue %}
{% endif %}
{{ loop.index }}. {{ message.role | upper }}: {{ message.content }}
{% endfor %}
{% if add_generation_prompt %}
ASSISTANT:
{% endif %}
unk={{ unk_token }} pad={{ pad_token | default('none') }} {{ strftime_now('%A %d %B %Y %H:%M %j') }}
""",
}

SYSTEM = {"role": "system", "content": "Be brief. "}
USER = {"role": "user", "content": "  Hello, wörld! <b>&amp;</b> \"q\" 日本\n"}
ANSWER = {"role": "assistant", "content": "Hi there.  "}
AGAIN = {"role": "user", "content": "And now?"}
THOUGHT = {"role": "assistant", "content": "<think>\nhm\n</think>\n\nYes"}
REASONED = {"role": "assistant", "content": "Yes", "reasoning_content": "hm"}
PARTS = {"role": "user", "content": [{"type": "image"}, {"type": "text", "text": " What is this? "}]}
CALL = {"role": "assistant", "tool_calls": [{"type": "function", "function": {"name": "add", "arguments": {"a": 1, "b": [2.5, None, True], "s": "é\"<"}}}]}
RESULT = {"role": "tool", "content": {"sum": 3}}
TOOL = {"type": "function", "function": {"name": "add", "description": "Adds <numbers>", "parameters": {"type": "object", "properties": {"a": {"type": "number"}}, "required": ["a"]}}}

CONVERSATIONS = {
    "one": [USER], "system": [SYSTEM, USER], "turns": [USER, ANSWER, AGAIN], "system turns": [SYSTEM, USER, ANSWER, AGAIN],
    "answered": [USER, ANSWER], "thought": [USER, THOUGHT, AGAIN, REASONED], "reasoned": [USER, REASONED], "parts": [PARTS],
    "call": [USER, CALL, RESULT], "two users": [USER, AGAIN], "nulls": [{"role": "user", "content": "x", "name": None}],
}
# Elsewhere they would show how Python prints lists and what it makes of nothing.
ONLY_FOR = {"parts": "turns", "call": "headers"}
OPTIONS = [
    {}, {"add_generation_prompt": True}, {"tools": [TOOL], "add_generation_prompt": True}, {"continue_final_message": True},
    {"add_generation_prompt": True, "enable_thinking": False}, {"tools": [TOOL]}, {"tools": [TOOL], "continue_final_message": True},
]


def main():
    backend = Tokenizer(models.BPE(vocab={"<unk>": 0, "<s>": 1, "</s>": 2}, merges=[]))
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=backend, bos_token="<s>", eos_token="</s>", unk_token="<unk>")
    cases = []
    for template_name, template in TEMPLATES.items():
        tokenizer.chat_template = template
        for name, messages in CONVERSATIONS.items():
            if ONLY_FOR.get(name, template_name) != template_name:
                continue
            for options in OPTIONS:
                case = {"template": template_name, "messages": name, "options": options}
                try:
                    case["prompt"] = tokenizer.apply_chat_template(messages, tokenize=False, **options)
                except jinja2.exceptions.TemplateError as error:
                    case["refused"] = str(error)
                except ValueError as error:
                    case["refused"] = "final message" if "final message" in str(error) else str(error)
                except TypeError:
                    # What Python cannot add, join or iterate is no rule of templates.
                    continue
                cases.append(case)
    content = {
        "transformers": transformers.__version__, "jinja2": jinja2.__version__, "now": NOW.isoformat(),
        "specialTokens": {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"},
        "templates": TEMPLATES, "conversations": CONVERSATIONS, "cases": cases,
    }
    (ROOT / "fixtures/chat-templates/cases.json").write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n")
    print(len(cases), sum("refused" in case for case in cases))


main()
