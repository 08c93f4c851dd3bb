import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { GrammarError } from "../errors.ts";
import { GrammarBuilder, type Expression } from "./automaton/grammar-builder.ts";
import type { GrammarState } from "./automaton/grammar-state.ts";
import { Grammar, GrammarContext } from "./grammar.ts";
import type { Regex, RegexArena } from "./regex/index.ts";
import { TokenVocabulary } from "./vocabulary/token-vocabulary.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A grammar as data, with rules by number. */
type Tree =
  | { readonly kind: "letter"; readonly letter: string }
  | { readonly kind: "rule"; readonly rule: number }
  | { readonly kind: "sequence"; readonly parts: readonly Tree[] }
  | { readonly kind: "choice"; readonly parts: readonly Tree[] }
  | { readonly kind: "repeat"; readonly part: Tree; readonly min: number; readonly max: number };

const RULES = 3;

const tree = fc.letrec<{ node: Tree }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom("a", "b", "é").map((letter): Tree => ({ kind: "letter", letter })),
    fc.nat(RULES - 1).map((rule): Tree => ({ kind: "rule", rule })),
    fc.array(tie("node"), { maxLength: 3 }).map((parts): Tree => ({ kind: "sequence", parts })),
    fc.array(tie("node"), { minLength: 1, maxLength: 3 }).map((parts): Tree => ({ kind: "choice", parts })),
    fc
      .tuple(tie("node"), fc.nat(2), fc.constantFrom(0, 1, Infinity))
      .map(([part, min, more]): Tree => ({ kind: "repeat", part, min, max: min + more })),
  ),
})).node;

const grammars = fc.array(tree, { minLength: RULES, maxLength: RULES });
const text = fc.array(fc.constantFrom("a", "b", "é"), { maxLength: 6 }).map((all) => all.join(""));

function build(rules: readonly Tree[], builder: GrammarBuilder): Expression {
  const declared = rules.map((_, i) => builder.declare(`r${i}`));
  const of = (node: Tree): Expression => {
    if (node.kind === "letter") return builder.terminal(builder.regexes.literal(node.letter));
    if (node.kind === "rule") return declared[node.rule] ?? builder.nothing;
    if (node.kind === "repeat") return builder.repeat(of(node.part), node.min, node.max);
    return node.kind === "choice" ? builder.choice(...node.parts.map(of)) : builder.sequence(...node.parts.map(of));
  };
  rules.forEach((rule, i) => builder.define(declared[i] ?? 0, of(rule)));
  return declared[0] ?? builder.nothing;
}

/** Whether the first rule gives the text, by the definition: the least sets of spans that satisfy all rules. */
function isDerived(rules: readonly Tree[], letters: readonly string[]): boolean {
  const spans = rules.map(() => new Set<string>());
  const places = Array.from({ length: letters.length + 1 }, (_, i) => i);
  const endsOf = (node: Tree, from: number): Set<number> => {
    if (node.kind === "letter") return new Set(letters[from] === node.letter ? [from + 1] : []);
    if (node.kind === "rule") return new Set(places.filter((to) => spans[node.rule]?.has(`${from}-${to}`)));
    if (node.kind === "choice") return new Set(node.parts.flatMap((part) => [...endsOf(part, from)]));
    const after = (all: Iterable<number>, part: Tree): Set<number> =>
      new Set([...all].flatMap((at) => [...endsOf(part, at)]));
    if (node.kind === "sequence") return node.parts.reduce(after, new Set([from]));
    let now = new Set([from]);
    const found = new Set<number>();
    // More rounds than letters bring nothing new.
    for (let count = 0; count <= Math.min(node.max, node.min + letters.length); count++) {
      if (count >= node.min) for (const at of now) found.add(at);
      now = after(now, node.part);
    }
    return found;
  };
  for (let size = -1, now = 0; size !== now;) {
    size = now;
    rules.forEach((rule, i) => {
      for (const from of places) for (const to of endsOf(rule, from)) spans[i]?.add(`${from}-${to}`);
    });
    now = spans.reduce((sum, { size: one }) => sum + one, 0);
  }
  return spans[0]?.has(`0-${letters.length}`) ?? false;
}

const words = ["a", "b", "ab", "ba", "aa", "aab", "abab", "é", "aé", "éb"].map(bytesOf);
const vocabulary = TokenVocabulary.fromTokens([
  ...words,
  null,
  ...[...bytesOf("é")].map((byte) => Uint8Array.of(byte)),
]);

function walk(state: GrammarState | null, bytes: Uint8Array): GrammarState | null {
  let at = state;
  for (const byte of bytes) at = at?.stepByte(byte) ?? null;
  return at;
}

const allowed = (state: GrammarState): number[] =>
  Array.from({ length: vocabulary.size }, (_, token) => token).filter((token) => state.step(token) !== null);

describe("a grammar", () => {
  test("gives the texts of its definition, and no other", () => {
    fc.assert(
      fc.property(grammars, fc.array(text, { minLength: 6, maxLength: 6 }), (rules, texts) => {
        const expected = texts.map((one) => isDerived(rules, [...one]));
        const context = GrammarContext.of(vocabulary);
        const builder = new GrammarBuilder(context.regexes);
        const root = build(rules, builder);
        let grammar: Grammar;
        try {
          grammar = new Grammar(context, builder, root);
        } catch (error) {
          expect(error).toBeInstanceOf(GrammarError);
          expect(expected).not.toContain(true);
          return;
        }
        texts.forEach((one, i) => {
          expect([one, walk(grammar.start, bytesOf(one))?.isAccepting ?? false]).toEqual([one, expected[i]]);
        });
      }),
      { seed: 15, numRuns: 500 },
    );
  });

  test("lets exactly those tokens come behind which it goes on, and can always be finished", () => {
    fc.assert(
      fc.property(grammars, fc.infiniteStream(fc.nat(99)), (rules, choices) => {
        const context = GrammarContext.of(vocabulary);
        const builder = new GrammarBuilder(context.regexes);
        const root = build(rules, builder);
        let state: GrammarState | null = null;
        try {
          state = new Grammar(context, builder, root).start;
        } catch {
          return;
        }
        for (let steps = 0; state && steps < 8; steps++) {
          const tokens = allowed(state);
          const mask = state.mask();
          expect(Array.from({ length: vocabulary.size }, (_, id) => id).filter((id) => mask.has(id))).toEqual(tokens);
          expect(mask.size).toBe(tokens.length);
          expect(tokens.length > 0 || state.isAccepting).toBe(true);
          expect(state.isComplete).toBe(state.isAccepting && tokens.length === 0);
          const token = tokens[(choices.next().value ?? 0) % tokens.length];
          state = token === undefined ? null : state.step(token);
        }
      }),
      { seed: 15, numRuns: 300 },
    );
  });

  test("is in the same state wherever the same may follow", () => {
    const context = GrammarContext.of(vocabulary);
    const builder = new GrammarBuilder(context.regexes);
    const [a, b] = ["a", "b"].map((letter) => builder.terminal(context.regexes.literal(letter))) as [number, number];
    const list = builder.declare("list"); // a list | b: in last position, which costs no stack
    builder.define(list, builder.choice(builder.sequence(a, list), b));
    const { start } = new Grammar(context, builder, list);
    expect(walk(start, bytesOf("aaaa"))).toBe(walk(start, bytesOf("a")));
    expect(walk(start, bytesOf("aab"))?.isComplete).toBe(true);
    // Masks apply to scores in place.
    const scores = Float32Array.from({ length: vocabulary.size }, (_, id) => id);
    start.mask().apply(scores, [10]);
    expect([...scores].filter((score) => score > -Infinity)).toEqual([0, 1, 2, 4, 5, 10]);
  });

  describe("by hand", () => {
    /** A grammar of letters and rules. */
    const byHand = (
      of: (builder: GrammarBuilder, letter: (text: string) => Expression) => Expression,
    ): ((text: string) => GrammarState | null) => {
      const context = GrammarContext.of(vocabulary);
      const builder = new GrammarBuilder(context.regexes);
      const { start } = new Grammar(
        context,
        builder,
        of(builder, (text) => builder.terminal(context.regexes.literal(text))),
      );
      return (text) => walk(start, bytesOf(text));
    };

    test("a rule that is called from two places goes on behind both, also where it is empty", () => {
      const behind = byHand((builder, letter) => {
        const rule = builder.declare("rule");
        builder.define(rule, builder.optional(letter("a")));
        return builder.choice(builder.sequence(rule, letter("b")), builder.sequence(rule, letter("é")));
      });
      for (const text of ["ab", "aé", "b", "é"]) expect([text, behind(text)?.isComplete]).toEqual([text, true]);
      expect(behind("a")?.isAccepting).toBe(false);
    });

    test("a terminal may be empty", () => {
      const behind = byHand((builder, letter) => {
        const few = builder.terminal(builder.regexes.repeat(builder.regexes.literal("a"), 0, 2));
        return builder.sequence(few, letter("b"));
      });
      for (const text of ["b", "ab", "aab"]) expect([text, behind(text)?.isComplete]).toEqual([text, true]);
      expect(behind("aaa")).toBeNull();
    });

    test("nothing is begun that has no end, however late that shows", () => {
      const behind = byHand((builder, letter) => {
        const loop = builder.declare("loop");
        builder.define(loop, builder.sequence(letter("b"), loop));
        return builder.choice(builder.sequence(letter("a"), letter("b"), letter("b"), loop), letter("é"));
      });
      expect(behind("a")).toBeNull();
      expect(behind("é")?.isComplete).toBe(true);
    });

    test("a byte is forced where no other may come, and the text may not end", () => {
      const behind = byHand((builder, letter) =>
        builder.sequence(
          letter("a"),
          builder.choice(letter("a"), letter("b")),
          letter("b"),
          builder.optional(letter("a")),
        ),
      );
      const forced = ["", "a", "aa", "ab", "abb", "abba"].map((text) => behind(text)?.forcedByte());
      expect(forced).toEqual([0x61, -1, 0x62, 0x62, -1, -1]);
      expect(behind("abb")?.forced()).toEqual([]);
    });

    test("a state in which the text may end is another one than one in which it may not", () => {
      const behind = byHand((builder, letter) =>
        builder.choice(
          builder.sequence(letter("a"), builder.optional(letter("b"))),
          builder.sequence(letter("é"), letter("b")),
        ),
      );
      expect([behind("a")?.isAccepting, behind("é")?.isAccepting]).toEqual([true, false]);
    });
  });

  test("without any text is refused, and so is a rule without a body", () => {
    const context = GrammarContext.of(vocabulary);
    const builder = new GrammarBuilder(context.regexes);
    const loop = builder.declare("loop");
    builder.define(loop, builder.sequence(builder.terminal(context.regexes.literal("a")), loop));
    expect(() => new Grammar(context, builder, loop)).toThrow(/has no text at all/);
    const open = builder.declare("open");
    expect(() => new Grammar(context, builder, open)).toThrow(/^open: is used, but not defined/);
    expect(() => builder.define(loop, builder.empty)).toThrow(GrammarError);
  });
});

/** All words of up to three of these characters, and some longer ones: as many tokens as make results dense. */
const characters = ["a", "e", " ", "1", '"', ",", ":", "n", "\\", "é"];
const many = [
  ...characters,
  ...characters.flatMap((x) => characters.map((y) => x + y)),
  ...characters.flatMap((x) => characters.flatMap((y) => ["a", "e", '"', "1"].map((z) => x + y + z))),
  'a",',
  'ae",',
  'n1",',
  "aaaaaaa",
  "aeaeaeaeae",
  "aaaaaaaaaaaaaaaa",
];
const dense = TokenVocabulary.fromTokens(many.map(bytesOf));

describe("masks of strings", () => {
  const stringOf = (arena: RegexArena, body: Regex): Regex => arena.concat(body, arena.literal('"'));
  const plain = (arena: RegexArena): Regex =>
    arena.or(
      arena.characters([
        [0x20, 0x21],
        [0x23, 0x5b],
        [0x5d, 0x10ffff],
      ]),
      arena.concat(
        arena.literal("\\"),
        arena.characters(['"', "\\", "n"].map((c) => [c.charCodeAt(0), c.charCodeAt(0)] as const)),
      ),
    );
  const key = fc
    .array(fc.constantFrom("a", "e", "n", "1", " "), { minLength: 1, maxLength: 4 })
    .map((all) => all.join(""));

  test("that exclude some, or have a length, are made from the plain one's exactly", () => {
    const context = GrammarContext.of(dense);
    const arena = context.regexes;
    const any = arena.repeat(plain(arena), 0);
    const stateOf = (body: Regex): GrammarState => {
      const builder = new GrammarBuilder(arena);
      const comma = builder.terminal(arena.literal(","));
      return new Grammar(context, builder, builder.sequence(builder.terminal(stringOf(arena, body)), comma)).start;
    };
    stateOf(any).mask();
    const bodies = fc.oneof(
      fc
        .array(key, { minLength: 1, maxLength: 4 })
        .map((keys) => arena.and(any, arena.not(arena.or(...keys.map((one) => arena.literal(one)))))),
      fc.tuple(fc.nat(3), fc.nat(20)).map(([min, more]) => arena.repeat(plain(arena), min, min + more)),
    );
    fc.assert(
      fc.property(bodies, fc.constantFrom("", "a", "ae", "1n"), (body, before) => {
        const state = walk(stateOf(body), bytesOf(before));
        if (!state) return;
        const mask = state.mask();
        const expected = many.map((_, token) => token).filter((token) => state.step(token) !== null);
        expect(many.map((_, token) => token).filter((token) => mask.has(token))).toEqual(expected);
      }),
      { seed: 15, numRuns: 150 },
    );
  });
});
