import type { ChatMessage } from "@helium-lm/helium";
import { applyTemplate } from "@helium-lm/helium/tokenizer/chat/chat-template";
import type { Rng } from "@helium-lm/tensor";
import { fixturePath } from "../../fixtures.ts";
import { below, chance, pick } from "../draw.ts";
import { textRun } from "../grow.ts";
import { mutateBytes } from "../mutate-bytes.ts";
import { jsonInputs, jsonOf, textOf, utf8, type FuzzTarget } from "./target.ts";

interface Cases {
  readonly specialTokens: Readonly<Record<string, string>>;
  readonly templates: Readonly<Record<string, string>>;
  readonly conversations: Readonly<Record<string, readonly ChatMessage[]>>;
}

const now = new Date(0);

const names = ["messages", "message", "bos_token", "x", "y", "loop", "loop.index", "ns.a", "tools", "m", "messages[0]"];
const filters = [
  ...[
    "trim",
    "length",
    "upper",
    "tojson",
    "tojson(indent=4)",
    "join",
    "join(',')",
    "replace('a', 'bb')",
    "list",
    "string",
  ],
  ...["replace('', 'xxxxxxxx')", "indent(9)", "indent(1000000)", "reverse", "unique", "sort", "items", "int", "float"],
  ...[
    "default('a')",
    "first",
    "last",
    "abs",
    "map(attribute='role')",
    "selectattr('role')",
    "rejectattr('role', 'equalto', 'user')",
  ],
  ...["dictsort", "safe", "capitalize", "title", "x", "tojson(indent=100000)"],
];
const methods = [
  ...[".strip()", ".split('a')", ".split()", ".upper()", ".replace('a', x)", ".items()", ".get('a')", ".title()"],
  ...[".lstrip()", ".startswith('a')", ".keys()", ".values()", ".append(x)", "[0]", "[::-1]", "[1:]", "['role']", ".x"],
];
const operators = ["+", "-", "*", "/", "%", "~", "==", "!=", "<", "and", "or", "in", "not in", "**", "//", "|"];
const literals = [
  ...[
    "'a'",
    "''",
    "'aaaaaaaaaaaaaaaa'",
    "0",
    "1",
    "9",
    "1000000000",
    "1.5",
    "-1",
    "true",
    "none",
    "[]",
    "{}",
    "[x, x]",
  ],
  ...["{'a': x}", "range(9)", "range(1000000000)", "range(0, 9, 0)", "namespace(a=x)", "(1, 2)", "'é\\n'"],
  ...["strftime_now('%Y')", "raise_exception('no')", "strftime_now('%Y' * 999)", "cycler(1)", "dict(a=1)", "__proto__"],
];

/** An expression of the templates' language. */
function expression(rng: Rng, depth: number): string {
  const inner = (): string => expression(rng, depth - 1);
  if (depth <= 0 || chance(rng, 0.3)) return chance(rng, 0.5) ? pick(rng, names) : pick(rng, literals);
  switch (below(rng, 6)) {
    case 0:
      return `${inner()} ${pick(rng, operators)} ${inner()}`;
    case 1:
      return `(${inner()})${pick(rng, methods)}`;
    case 2:
      return `${inner()} | ${pick(rng, filters)}`;
    case 3:
      return `${inner()} if ${inner()} else ${inner()}`;
    case 4:
      return `${pick(rng, ["f", "namespace", "range", "x"])}(${inner()})`;
    default:
      return `${inner()} is ${pick(rng, ["defined", "string", "none", "not defined", "mapping", "odd", "x"])}`;
  }
}

/** Statements of the templates' language: loops within loops, and values that double. */
function statements(rng: Rng, depth: number): string {
  const inner = (): string => (depth > 0 ? statements(rng, depth - 1) : `{{ ${expression(rng, 1)} }}`);
  let text = "";
  for (let count = 1 + below(rng, 3); count > 0; count--) {
    const value = expression(rng, 2);
    text += pick<() => string>(rng, [
      () => `{{ ${value} }}`,
      () => `{{- ${value} -}}\n`,
      () => `{% for x in ${value} %}${inner()}{% endfor %}`,
      () => `{% for m in messages %}${inner()}{% else %}${inner()}{% endfor %}`,
      () => `{% for y in range(${pick(rng, ["3", "9"])}) %}${inner()}{% endfor %}`,
      () => `{% if ${value} %}${inner()}{% elif x %}${inner()}{% else %}${inner()}{% endif %}`,
      () => `{% set x = ${value} %}${inner()}`,
      () => `{% set x = x + x %}{% set x = x ~ x %}{% set x = [x, x] %}`,
      () => `{% set ns = namespace(a='a') %}{% for y in range(9) %}{% set ns.a = ns.a + ns.a %}{% endfor %}`,
      () => `{% macro f(x) %}${inner()}{{ x }}{% endmacro %}{{ f(${value}) }}`,
      () => `{% set x %}${inner()}{% endset %}`,
      () => `{% filter ${pick(rng, filters)} %}${inner()}{% endfilter %}`,
      () => `{# ${value} #}{% break %}{% raw %}`,
    ])();
  }
  return text;
}

/** Templates that take all they may: loops of loops, values that double. */
function greedy(rng: Rng): string {
  if (chance(rng, 0.2))
    return `{% macro f(x) %}${statements(rng, 1)}{{ f(x) if ${expression(rng, 2)} else f(x) }}{% endmacro %}{{ f(1) }}`;
  const body = statements(rng, 1);
  const count = pick(rng, ["range(100000)", "range(1000)", "range(60)", "messages"]);
  const inner = chance(rng, 0.5) ? body : `{% for z in ${count} %}${body}{% endfor %}`;
  const growth = pick(rng, [
    ...[
      "ns.a ~ ns.a",
      "ns.a + ns.a",
      "ns.a | replace('a', ns.a)",
      "ns.a.replace('a', 'aa')",
      "[ns.a, ns.a]",
      "{'a': ns.a}",
    ],
    ...[
      "ns.a | tojson",
      "(ns.a, ns.a) | list",
      "ns.a | string ~ ns.a",
      "ns.a | indent(9)",
      "ns.a | join('aa')",
      "ns.a",
    ],
    ...[
      "namespace(a=ns.a, b=ns.a)",
      "ns.a | upper ~ ns.a | trim",
      "ns.a.split('a') | join('aaa')",
      "range(100000) | list",
    ],
  ]);
  return `{% set ns = namespace(a='aa') %}{% for y in ${count} %}{% set ns.a = ${growth} %}${inner}{% endfor %}`;
}

/** Pieces that a template may repeat without end. */
const repeats = [
  ...["{{ x }}", "{% if x %}", "{% for x in messages %}", "{% for x in range(100000) %}", "{{ messages }}", "{# a #}"],
  ...[
    "{% set x = messages | tojson %}",
    "{% set x = [x, x] %}",
    "{{ ",
    "{% ",
    "(",
    "[",
    "-",
    "not ",
    "x.",
    "x|trim|",
    "{{'a'+",
    "{'a':",
  ],
  ...[
    "{% macro f() %}",
    "{% else %}",
    "x if x else ",
    "\n",
    " ",
    "''",
    "{{ '{{' }}",
    "{%- if x -%}{%- endif -%}",
    "1 + ",
  ],
];

function conversations(): Cases {
  return jsonOf(fixturePath("chat-templates/cases.json")) as Cases;
}

/** A chat template: read, and run over messages. */
export function templatesTarget(): FuzzTarget {
  const { templates, specialTokens, conversations: all } = conversations();
  const corpus = Object.values(templates).map((template) => utf8.encode(template));
  const talks = Object.values(all);
  const tools = [{ type: "function", function: { name: "f", parameters: { type: "object", properties: {} } } }];
  return {
    mutated: (rng) =>
      chance(rng, 0.3) ? mutateBytes(pick(rng, corpus), rng) : utf8.encode(statements(rng, below(rng, 3))),
    grown: (rng, size) => {
      if (chance(rng, 0.4)) return utf8.encode(greedy(rng));
      const text = textOf(pick(rng, corpus));
      // Most that is longer is refused by its length alone, so half of them stay below.
      const length = chance(rng, 0.5) ? Math.min(size, 2 ** 18 - text.length) : size;
      const piece = pick(rng, repeats);
      const run = chance(rng, 0.3) ? textRun(rng, length / 4) : piece.repeat(Math.max(1, length / piece.length));
      const at = below(rng, text.length);
      const wrapped = chance(rng, 0.3) ? `{{ ${run} }}` : run;
      return utf8.encode(chance(rng, 0.5) ? wrapped : text.slice(0, at) + wrapped + text.slice(at));
    },
    read: (input) => {
      const messages = talks[input.length % talks.length] ?? [];
      const options = { addGenerationPrompt: true, now, ...(input.length % 2 === 0 && { tools }) };
      applyTemplate(new Map([["default", textOf(input)]]), specialTokens, messages, options);
    },
  };
}

/** Messages, as a client sends them, through templates of models. */
export function messagesTarget(): FuzzTarget {
  const { templates, specialTokens, conversations: all } = conversations();
  const known = Object.entries(templates).map(([name, template]) => [name, new Map([["default", template]])] as const);
  return {
    ...jsonInputs(Object.values(all)),
    prepare: (input) => {
      try {
        return JSON.parse(textOf(input)) as unknown;
      } catch {
        // What is no JSON is its server's to refuse.
        return textOf(input);
      }
    },
    read: (input, messages) => {
      const [, chosen = new Map<string, string>()] = known[input.length % known.length] ?? [];
      const kind = input.length % 3;
      const options = { addGenerationPrompt: kind === 0, continueFinalMessage: kind === 1, now };
      applyTemplate(chosen, specialTokens, messages as readonly ChatMessage[], options);
    },
  };
}
