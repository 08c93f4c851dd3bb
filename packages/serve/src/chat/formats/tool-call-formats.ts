import type { ObjectCall, ToolCallFormat } from "./tool-call-format.ts";

const object = (nameKey = "name", argumentsKey = "arguments"): ObjectCall => ({
  kind: "object",
  nameKey,
  argumentsKey,
  numberKey: null,
});

const base = {
  begins: [[]],
  open: [],
  close: [],
  separator: null,
  end: [],
  toolsIn: "variable",
  idPattern: null,
} as const;

/** Objects in a list. */
const list = { separator: [", "], end: ["]"] } as const;

/** Each call an object between tags. */
export const taggedObjects: ToolCallFormat = {
  ...base,
  name: "tool_call tags",
  signs: [["<tool_call>"]],
  open: ["<tool_call>", "\n"],
  call: object(),
  close: ["\n", "</tool_call>"],
  separator: ["\n"],
};

/**
 * How models write calls, by the syntax that their chat templates show; the first whose signs a template has is taken. The forms
 * are those of the templates that the models are published with.
 */
export const toolCallFormats: readonly ToolCallFormat[] = [
  {
    ...base,
    name: "TOOL_CALLS with ARGS",
    signs: [["[TOOL_CALLS]", "[ARGS]"]],
    open: ["[TOOL_CALLS]"],
    call: { kind: "named", between: ["[ARGS]"] },
    separator: [],
    idPattern: /^[A-Za-z0-9]{9}$/,
  },
  {
    ...base,
    ...list,
    name: "TOOL_CALLS with a list",
    signs: [["[TOOL_CALLS]"]],
    begins: [["[TOOL_CALLS]", " ", "["]],
    call: object(),
    idPattern: /^[A-Za-z0-9]{9}$/,
  },
  {
    ...base,
    ...list,
    name: "START_ACTION with a list",
    signs: [["<|START_ACTION|>"]],
    begins: [["<|START_ACTION|>", "["]],
    call: { ...object("tool_name", "parameters"), numberKey: "tool_call_id" },
    end: ["]", "<|END_ACTION|>"],
  },
  {
    ...base,
    name: "Action with a list",
    signs: [["Action:", "tool_name"]],
    begins: [["Action:", " ", "```json", "\n", "["]],
    call: object("tool_name", "parameters"),
    separator: [",", "\n"],
    end: ["]", "\n", "```"],
  },
  {
    ...base,
    ...list,
    name: "functools with a list",
    signs: [["functools["]],
    begins: [["functools["]],
    call: object(),
  },
  {
    ...base,
    ...list,
    name: "tool_call tokens around a list",
    signs: [["<|tool|>", "<|/tool|>"], ["<|/tool_call|>"]],
    begins: [["<|tool_call|>", "["]],
    call: object(),
    end: ["]", "<|/tool_call|>"],
    toolsIn: "system message",
  },
  {
    ...base,
    ...list,
    name: "a tool_call token before a list",
    signs: [["<|tool_call|>"]],
    begins: [["<|tool_call|>", "["]],
    call: object(),
  },
  taggedObjects,
  {
    ...base,
    name: "an object of name and parameters",
    signs: [["<|python_tag|>"], ['"parameters": ', "tool_calls"]],
    begins: [[], ["<|python_tag|>"]],
    call: object("name", "parameters"),
    separator: ["; "],
  },
  {
    ...base,
    name: "a name before an object",
    signs: [["<|observation|>"]],
    call: { kind: "named", between: ["\n"] },
  },
];
