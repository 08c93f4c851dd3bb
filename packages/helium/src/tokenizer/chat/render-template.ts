import { Environment, Interpreter, Template } from "@huggingface/jinja";
import { ChatTemplateError } from "./errors.ts";
import { strftime } from "./strftime.ts";

const constants = { true: true, false: false, none: null, True: true, False: false, None: null };

const range = (start: number, stop?: number, step = 1): number[] => {
  const [from, to] = stop === undefined ? [0, start] : [start, stop];
  return Array.from({ length: Math.max(0, Math.ceil((to - from) / step)) }, (_, index) => from + index * step);
};

/**
 * Runs a chat template, with the functions that transformers gives to templates: `raise_exception`, `strftime_now`,
 * `range`.
 *
 * @throws ChatTemplateError with the template's own words, or for what is no template
 */
export function renderTemplate(template: string, variables: Readonly<Record<string, unknown>>, now: Date): string {
  const environment = new Environment();
  const globals = {
    ...constants,
    range,
    raise_exception: (message: unknown) => {
      throw new ChatTemplateError("chat template", `refuses the messages: ${String(message)}`);
    },
    strftime_now: (format: string) => strftime(now, format),
  };
  try {
    const program = new Template(template).parsed;
    for (const [name, value] of Object.entries({ ...globals, ...variables })) environment.set(name, value);
    const { value } = new Interpreter(environment).run(program);
    if (typeof value === "string") return value;
  } catch (cause) {
    if (cause instanceof ChatTemplateError) throw cause;
    // The stack of a hostile template ends as a RangeError; all that the engine throws is about the template.
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ChatTemplateError("chat template", `cannot be run (${reason}); mend the template`, {}, { cause });
  }
  throw new ChatTemplateError("chat template", "makes no text; mend the template");
}
