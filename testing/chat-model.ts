import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./repository.ts";

const nano = `${root}models/helium-nano`;

/** A template that refuses one message, and one that knows thoughts. */
const templates = {
  plain:
    "{{ bos_token }}{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}" +
    "{% if messages[-1].content == 'refuse' %}{{ raise_exception('not that') }}{% endif %}",
  thinking:
    "{{ bos_token }}{% for m in messages %}{{ m.role }}: {{ m.content.split('</think>')[-1] }}\n{% endfor %}assistant: ",
} as const;

/** Makes a folder with helium-nano as a model for conversations. */
export function writeChatModel(folder: string, template: keyof typeof templates = "plain"): string {
  cpSync(nano, folder, { recursive: true });
  const config = JSON.parse(readFileSync(join(nano, "tokenizer_config.json"), "utf8")) as object;
  writeFileSync(join(folder, "tokenizer_config.json"), JSON.stringify(config));
  writeFileSync(join(folder, "chat_template.jinja"), templates[template]);
  return folder;
}

/** A grammar in a file, of which one text is all that the model can write. */
export function writeOnlyAnswer(path: string, answer: string): string {
  writeFileSync(path, `root ::= ${JSON.stringify(answer)}\n`);
  return path;
}
