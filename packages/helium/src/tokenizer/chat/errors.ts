import { HeliumLmError } from "@helium-lm/tensor";

/** A tokenizer without a chat template, a template that is no Jinja or refuses the messages, or messages that are none. */
export class ChatTemplateError extends HeliumLmError {}
