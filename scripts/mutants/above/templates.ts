import { bugsIn, type Area } from "./area.ts";

export const templates: Area = {
  name: "templates",
  tests: [
    "packages/helium/src/tokenizer/chat/chat-template.test.ts",
    "packages/helium/src/tokenizer/chat/messages.test.ts",
    "packages/helium/src/tokenizer/chat/strftime.test.ts",
    "packages/helium/src/tokenizer/chat/caps.test.ts",
    "packages/helium/test/tokenizer/edges.test.ts",
  ],
  bugs: [
    ...bugsIn(
      "helium/src/tokenizer/chat/chat-template.ts",
      [
        "tools force an answer to begin",
        "add_generation_prompt: addGenerationPrompt,",
        "add_generation_prompt: addGenerationPrompt || tools !== null,",
      ],
      ["an answer always begins", "add_generation_prompt: addGenerationPrompt,", "add_generation_prompt: true,"],
      [
        "the caller's variables lose",
        "    add_generation_prompt: addGenerationPrompt,\n    ...options.variables,",
        "    ...options.variables,\n    add_generation_prompt: addGenerationPrompt,",
      ],
      ["tools take the default template", '(hasTools ? templates.get("tool_use") : undefined)', "undefined"],
      ["a name is a template", "templates.get(given) ?? given", "given"],
      [
        "both flags pass",
        "if (addGenerationPrompt && continueFinalMessage)",
        "if (addGenerationPrompt && continueFinalMessage && tools)",
      ],
      ["documents are lost", "    documents,\n    add", "    documents: null,\n    add"],
    ),
    ...bugsIn(
      "helium/src/tokenizer/chat/messages.ts",
      ["the mark's space is never trimmed", "prompt.startsWith(tag, at) ? kept : kept.trimEnd()", "kept"],
      ["the end is always trimmed", "prompt.startsWith(tag, at) ? kept : kept.trimEnd()", "kept.trimEnd()"],
      ["nulls are passed on", "value !== null && value !== undefined", "value !== undefined"],
      ["the first text part is continued", "parts.findLastIndex(", "parts.findIndex("],
      [
        "reasoning has one name",
        "{ thinking: reasoning, ...plain, reasoning_content: reasoning }",
        "{ ...plain, reasoning_content: reasoning }",
      ],
      ["the first mark ends the prompt", "prompt.lastIndexOf(tag.trim())", "prompt.indexOf(tag.trim())"],
    ),
    ...bugsIn(
      "helium/src/tokenizer/chat/render-template.ts",
      ["range counts from 1", "args.length === 1 ? [0, ...args]", "args.length === 1 ? [1, ...args]"],
      ["range ignores its step", "from + index * step", "from + index"],
      ["range is not limited", "if (length > caps.range)", "if (length > caps.range * 1e9)"],
      ["a run of white space passes", "if (run !== undefined)", "if (run !== undefined && run < 0)"],
      [
        "a template of any length passes",
        "if (template.length > caps.template)",
        "if (template.length > caps.template * 1e9)",
      ],
    ),
    ...bugsIn(
      "helium/src/tokenizer/chat/strftime.ts",
      ["midnight is 0 o'clock of twelve", "date.getHours() % 12 || 12", "date.getHours() % 12"],
      ["noon is AM", 'date.getHours() < 12 ? "AM"', 'date.getHours() <= 12 ? "AM"'],
      ["months count from 0", "two(date.getMonth() + 1)", "two(date.getMonth())"],
      ["the first day of the year is 0", "Date.UTC(date.getFullYear(), 0, 0)", "Date.UTC(date.getFullYear(), 0, 1)"],
      [
        "weeks begin on Monday",
        '"Sunday Monday Tuesday Wednesday Thursday Friday Saturday"',
        '"Monday Tuesday Wednesday Thursday Friday Saturday Sunday"',
      ],
      ["a dash is ignored", 'bare === "" ? text :', "true ? text :"],
      ["unknown directives vanish", "if (text === undefined) return directive;", 'if (text === undefined) return "";'],
    ),
    ...bugsIn(
      "helium/src/tokenizer/chat/capped-interpreter.ts",
      ["steps are not limited", "if (this.#steps > steps) throw", "if (this.#steps > steps * 1e9) throw"],
      ["time is not limited", "this.#watch.isOver(this.#maxMs)", "this.#watch.isOver(this.#maxMs * 1e9)"],
      ["what is made is not limited", "if (this.#made > this.#maxMade)", "if (this.#made > this.#maxMade * 1e9)"],
      ["turns of a loop are no steps", "this.#step(Array.isArray(value) ? value.length : 1)", "this.#step(1)"],
      [
        "long texts pass before they are made",
        "if (size > this.#maxText) throw this.#tooLong();\n  }",
        "if (size > this.#maxText * 1e9) throw this.#tooLong();\n  }",
      ],
      ["lists nest without end", "if (depth > this.#caps.depth)", "if (depth > this.#caps.depth * 1e9)"],
    ),
    ...bugsIn(
      "helium/src/tokenizer/chat/template-values.ts",
      ["keys have no length", "size += key.length;", "size += 0;"],
      ["a namespace is measured once", 'value.type !== "NamespaceValue"', "true"],
    ),
  ],
};
