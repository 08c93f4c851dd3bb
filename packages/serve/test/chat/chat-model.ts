import { readFile } from "node:fs/promises";
import { modelEntry, type ModelEntry } from "@helium-lm/serve";
import { root } from "../../../../testing/repository.ts";

/** A plain template that shows all that messages may hold, tools first. */
export const chatTemplate = `{%- if tools %}tools:{% for tool in tools %} {{ tool | tojson }}{% endfor %}
{% endif -%}
{%- for message in messages -%}
<{{ message.role }}{% if message.name %} {{ message.name }}{% endif %}>
{%- if message.reasoning_content %}({{ message.reasoning_content }}){% endif %}{{ message.content }}
{%- for call in message.tool_calls or [] %}[{{ call.function.name }} {{ call.function.arguments | tojson }}]{% endfor %}
{% endfor -%}
{%- if add_generation_prompt %}<assistant>{% endif %}`;

const files = [
  "config.json",
  "model.safetensors",
  "tokenizer.json",
  "tokenizer_config.json",
  "special_tokens_map.json",
];

export interface ChatModelOptions {
  readonly id?: string;
  readonly template?: string;
  /** Ids that end an answer; the likeliest tokens are taken then, unless asked otherwise. Default: those of the model. */
  readonly eosTokenId?: readonly number[];
}

/** The id of a colon in `helium-nano`'s vocabulary: a model that ends there gives short answers. */
export const colon = 278;

/** `helium-nano` with a template, so that it can be talked to; its answers mean nothing. */
export function chatModel({
  id = "helium-chat",
  template = chatTemplate,
  eosTokenId,
}: ChatModelOptions = {}): ModelEntry {
  return {
    id,
    load: async (signal) => {
      const blobs = await Promise.all(
        files.map(async (name) => [name, new Blob([await readFile(`${root}models/helium-nano/${name}`)])] as const),
      );
      const location = {
        ...Object.fromEntries(blobs),
        ...(eosTokenId && {
          "generation_config.json": new Blob([
            JSON.stringify({ eos_token_id: eosTokenId, do_sample: true, temperature: 1e-6 }),
          ]),
        }),
      };
      return modelEntry(id, location, { threads: 1, engine: { maxTokens: 16_384 }, chatTemplate: template }).load(
        signal,
      );
    },
  };
}
