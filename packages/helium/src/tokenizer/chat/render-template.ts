import { Environment, Template } from "@huggingface/jinja";
import { CappedInterpreter } from "./capped-interpreter.ts";
import { caps, type Caps } from "./caps.ts";
import { ChatTemplateError, ChatTemplateLimitError } from "../../errors.ts";
import { describeValue } from "../../given-values.ts";
import { strftime } from "./strftime.ts";

const constants = { true: true, false: false, none: null, True: true, False: false, None: null };

/** Python's `range`, as a list. @throws ChatTemplateError for what Python's refuses too */
const range = (...args: readonly number[]): number[] => {
  const [from = 0, to = 0, step = 1] = args.length === 1 ? [0, ...args] : args;
  const call = `calls range(${args.map(describeValue).join(", ")})`;
  if (args.length < 1 || args.length > 3 || !args.every(Number.isInteger))
    throw new ChatTemplateError("chat template", `${call}; range takes one to three integers, so fix the template`);
  if (step === 0)
    throw new ChatTemplateError("chat template", `${call}, but the step of a range must not be zero; fix the template`);
  const length = Math.max(0, Math.ceil((to - from) / step));
  if (length > caps.range)
    throw new ChatTemplateLimitError("range", caps.range, `asks for a range of ${length} numbers`);
  return Array.from({ length }, (_, index) => from + index * step);
};

/** Words of a template or of its engine, cut to a readable length. */
const shortened = (text: string): string => (text.length > 500 ? `${text.slice(0, 500)}…` : text);

/**
 * Characters of all texts within a value; what is part of it twice counts twice, up to the cap.
 *
 * @throws ChatTemplateLimitError for more values than the engine could make its own of
 */
const sizeOf = (given: unknown, { text, inputs }: Caps): number => {
  let [size, values] = [0, 0];
  const add = (value: unknown): void => {
    if (++values > inputs) throw new ChatTemplateLimitError("inputs", inputs, "is given too many values");
    size += typeof value === "string" ? value.length : 1;
    if (typeof value !== "object" || value === null) return;
    // Neither a list of all values nor one of all keys is made first: of a million either takes seconds.
    for (const key in value) {
      if (Object.hasOwn(value, key)) add((value as Record<string, unknown>)[key]);
      if (size > text) break;
    }
  };
  add(given);
  return size;
};

const parse = (template: string): Template["parsed"] => {
  if (template.length > caps.template)
    throw new ChatTemplateLimitError("template", caps.template, `has ${template.length} characters`);
  const run = template.match(longSpace)?.index;
  if (run !== undefined)
    throw new ChatTemplateLimitError("whitespace", caps.whitespace, `has more white space in a row at ${run}`);
  return new Template(template).parsed;
};

const longSpace = new RegExp(`\\s{${caps.whitespace + 1}}`);

/**
 * Runs a chat template, with the functions that transformers gives to templates: `raise_exception`, `strftime_now`,
 * `range`.
 *
 * @throws ChatTemplateError with the template's own words, or for what is not a template; ChatTemplateLimitError for one that
 *   takes more than it may
 */
export function renderTemplate(
  template: string,
  variables: Readonly<Record<string, unknown>>,
  now: Date,
  limits: Caps = caps,
): string {
  const environment = new Environment();
  const globals = {
    ...constants,
    range,
    raise_exception: (message: unknown) => {
      throw new ChatTemplateError("chat template", `refuses the messages: ${shortened(String(message))}`);
    },
    strftime_now: (format: string) => strftime(now, format.slice(0, 500)),
  };
  try {
    const program = parse(template);
    const size = sizeOf(variables, limits);
    for (const [name, value] of Object.entries({ ...globals, ...variables })) environment.set(name, value);
    const { value } = new CappedInterpreter(environment, size, limits).run(program);
    if (typeof value === "string") return value;
  } catch (cause) {
    if (cause instanceof ChatTemplateError) throw cause;
    // The stack of a hostile template ends as a RangeError; all that the engine throws is about the template.
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ChatTemplateError(
      "chat template",
      `cannot be run (${shortened(reason)}); fix the template`,
      {},
      { cause },
    );
  }
  throw new ChatTemplateError("chat template", "produces no text; fix the template");
}
