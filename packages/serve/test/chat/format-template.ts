import type { ToolCallFormat } from "../../src/chat/formats/tool-call-format.ts";

const quoted = (text: string): string => `{{ ${JSON.stringify(text)} }}`;

const all = (pieces: readonly string[]): string => pieces.map(quoted).join("");

/** A chat template that shows a format as those of published models do: in what it writes of past calls. */
export function formatTemplate(format: ToolCallFormat): string {
  const { begins, open, call, close, separator, end, signs, toolsIn } = format;
  const name = "{{ call.function.name }}";
  const given = "{{ call.function.arguments | tojson }}";
  const one =
    call.kind === "named"
      ? name + all(call.between) + given
      : `${quoted("{")}${call.numberKey === null ? "" : `${quoted(`"${call.numberKey}": "`)}{{ loop.index0 }}${quoted('", ')}`}` +
        `${quoted(`"${call.nameKey}": "`)}${name}${quoted(`", "${call.argumentsKey}": `)}${given}${quoted("}")}`;
  const between = separator ? `{% if not loop.last %}${all(separator)}{% endif %}` : "";
  const tools =
    toolsIn === "variable"
      ? "{% for tool in tools or [] %}{{ tool | tojson }}\n{% endfor %}"
      : `{% if message.tools %}<|tool|>{{ message.tools }}<|/tool|>{% endif %}`;
  return (
    `{{ bos_token }}${toolsIn === "variable" ? tools : ""}{% for message in messages %}{{ message.role }}:` +
    `${toolsIn === "variable" ? "" : tools}{{ message.content or "" }}` +
    `{% if message.tool_calls %}{% set calls = message.tool_calls %}${all(begins[0] ?? [])}` +
    `{% for call in calls %}${all(open)}${one}${all(close)}${between}{% endfor %}${all(end)}{% endif %}` +
    `{% if message.role == "tool" %} (${(signs[0] ?? []).map(quoted).join("")}){% endif %}\n{% endfor %}` +
    `{% if add_generation_prompt %}assistant:{% endif %}`
  );
}
