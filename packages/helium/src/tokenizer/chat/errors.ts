import { HeliumLmError } from "@helium-lm/tensor";

/** A tokenizer without a chat template, a template that is no Jinja or refuses the messages, or messages that are none. */
export class ChatTemplateError extends HeliumLmError {}

/** What a chat template may not have, or use, too much of. */
export type ChatTemplateCap =
  "template" | "whitespace" | "inputs" | "range" | "steps" | "time" | "text" | "values" | "depth";

/** A chat template that takes more than any real one; `cap` says of what. */
export class ChatTemplateLimitError extends ChatTemplateError {
  readonly cap: ChatTemplateCap;
  readonly limit: number;

  constructor(cap: ChatTemplateCap, limit: number, problem: string) {
    super("chat template", `${problem} (cap "${cap}": ${limit}); use a simpler template`, { cap, limit });
    this.cap = cap;
    this.limit = limit;
  }
}
