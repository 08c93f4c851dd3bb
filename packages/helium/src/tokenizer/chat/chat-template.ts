import type { OptionNames } from "@helium-lm/tensor";
import { checkTokenizerOptions } from "../options.ts";
import { ChatTemplateError } from "../../errors.ts";
import { cutAtMark, markFinalMessage, plainMessages, type ChatMessage } from "./messages.ts";
import { renderTemplate } from "./render-template.ts";

/** How a conversation becomes a prompt. Names and defaults are those of transformers, in camel case. */
export interface ChatTemplateOptions {
  /** End with what begins an answer. Default false. */
  readonly addGenerationPrompt?: boolean;
  /** End within the last message, which the model is to go on with. Default false. */
  readonly continueFinalMessage?: boolean;
  /** Tools that the model may call, as JSON schemas. */
  readonly tools?: readonly Readonly<Record<string, unknown>>[];
  /** Documents that the model may look at. */
  readonly documents?: readonly Readonly<Record<string, unknown>>[];
  /** A template, or the name of one of the tokenizer's, in place of its own. */
  readonly chatTemplate?: string;
  /** Further variables of the template, e.g. `enable_thinking`. */
  readonly variables?: Readonly<Record<string, unknown>>;
  /** What `strftime_now` tells; default: the time of the call. */
  readonly now?: Date;
}

const optionNames: OptionNames<ChatTemplateOptions> = {
  addGenerationPrompt: true,
  continueFinalMessage: true,
  tools: true,
  documents: true,
  chatTemplate: true,
  variables: true,
  now: true,
};

/** The templates of a tokenizer by name; the main one is `default`. */
export type ChatTemplates = ReadonlyMap<string, string>;

/** @param specialTokens `bos_token` and the like, as templates name them */
export function applyTemplate(
  templates: ChatTemplates,
  specialTokens: Readonly<Record<string, string>>,
  messages: readonly ChatMessage[],
  options: ChatTemplateOptions,
): string {
  checkTokenizerOptions("applyChatTemplate", options, optionNames, " Variables of the template go into variables");
  const { addGenerationPrompt = false, continueFinalMessage = false, tools = null, documents = null } = options;
  if (addGenerationPrompt && continueFinalMessage)
    throw new ChatTemplateError(
      "continueFinalMessage",
      "cannot be combined with addGenerationPrompt: one continues the last message, the other begins a new one",
    );
  const plain = plainMessages(messages);
  const variables = {
    ...specialTokens,
    messages: continueFinalMessage ? markFinalMessage(plain) : plain,
    tools,
    documents,
    add_generation_prompt: addGenerationPrompt,
    ...options.variables,
  };
  const template = chooseTemplate(templates, options.chatTemplate, tools !== null);
  const prompt = renderTemplate(template, variables, options.now ?? new Date());
  return continueFinalMessage ? cutAtMark(prompt) : prompt;
}

function chooseTemplate(templates: ChatTemplates, given: string | undefined, hasTools: boolean): string {
  if (given !== undefined) return templates.get(given) ?? given;
  const found = (hasTools ? templates.get("tool_use") : undefined) ?? templates.get("default");
  if (found !== undefined) return found;
  if (templates.size === 0)
    throw new ChatTemplateError(
      "chat template",
      "is missing: this tokenizer belongs to a model that was not made for conversations; let it continue a text, or pass chatTemplate",
    );
  throw new ChatTemplateError(
    "chat template",
    `has no default among ${[...templates.keys()].join(", ")}; pass one of these as chatTemplate`,
    { known: [...templates.keys()] },
  );
}
