import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { GrammarLimitError } from "../../errors.ts";
import { RegexArena, type Regex } from "./index.ts";

/** A regular expression as the platform writes it, and as the arena builds it. */
interface Both {
  readonly source: string;
  readonly build: (arena: RegexArena) => Regex;
}

const letters = fc.constantFrom("a", "b", "c", "é", "中");
const literal = letters.map((text): Both => ({ source: text, build: (arena) => arena.literal(text) }));
const either = fc
  .tuple(letters, letters)
  .map(([x, y]): Both => ({ source: `[${x}${y}]`, build: (arena) => arena.characters([x, y].map(pointOf)) }));
const pointOf = (text: string): readonly [number, number] => [text.codePointAt(0) ?? 0, text.codePointAt(0) ?? 0];

const regex = fc.letrec<{ node: Both }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    literal,
    either,
    fc.array(tie("node"), { minLength: 1, maxLength: 3 }).map((parts): Both => ({
      source: parts.map(({ source }) => `(?:${source})`).join(""),
      build: (arena) => arena.concat(...parts.map(({ build }) => build(arena))),
    })),
    fc.array(tie("node"), { minLength: 2, maxLength: 3 }).map((parts): Both => ({
      source: parts.map(({ source }) => `(?:${source})`).join("|"),
      build: (arena) => arena.or(...parts.map(({ build }) => build(arena))),
    })),
    fc.tuple(tie("node"), fc.nat(2), fc.constantFrom(0, 1, 3, Infinity)).map(([part, min, more]): Both => ({
      source: `(?:${part.source}){${min},${more === Infinity ? "" : min + more}}`,
      build: (arena) => arena.repeat(part.build(arena), min, min + more),
    })),
  ),
})).node;

const texts = fc.array(
  fc.array(letters, { maxLength: 7 }).map((all) => all.join("")),
  { minLength: 8, maxLength: 8 },
);
const whole = ({ source }: Both): RegExp => new RegExp(`^(?:${source})$`, "u");

describe("regular expressions", () => {
  test("match what the platform's match", () => {
    fc.assert(
      fc.property(regex, texts, (one, all) => {
        const arena = new RegexArena();
        const built = one.build(arena);
        for (const text of all) expect([text, arena.matches(built, text)]).toEqual([text, whole(one).test(text)]);
      }),
      { seed: 15, numRuns: 400 },
    );
  });

  test("∧ and ¬ match what both and the other do not", () => {
    fc.assert(
      fc.property(regex, regex, texts, (a, b, all) => {
        const arena = new RegexArena();
        const [x, y] = [a.build(arena), b.build(arena)];
        for (const text of all) {
          const [inA, inB] = [whole(a).test(text), whole(b).test(text)];
          expect(arena.matches(arena.and(x, y), text)).toBe(inA && inB);
          expect(arena.matches(arena.and(x, arena.not(y)), text)).toBe(inA && !inB);
          expect(arena.matches(arena.or(arena.not(x), y), text)).toBe(!inA || inB);
        }
        expect(arena.isEmpty(arena.and(x, arena.not(x)))).toBe(true);
        expect(arena.isEmpty(arena.and(x, arena.not(arena.or(y, x))))).toBe(true);
      }),
      { seed: 15, numRuns: 300 },
    );
  });

  test("go on only where something can still be matched", () => {
    fc.assert(
      fc.property(regex, regex, texts, (a, b, all) => {
        const arena = new RegexArena();
        const both = arena.and(a.build(arena), b.build(arena));
        for (const text of all) {
          let state = both;
          for (const byte of new TextEncoder().encode(text)) state = arena.step(state, byte);
          if (state === arena.nothing || arena.isEmpty(both)) continue;
          // The shortest way on, by breadth.
          const seen = new Set([state]);
          for (const one of seen) for (let byte = 0; byte < 256; byte++) seen.add(arena.step(one, byte));
          expect([...seen].some((one) => arena.isNullable(one))).toBe(true);
        }
      }),
      { seed: 15, numRuns: 60 },
    );
  });

  test("do not begin what two cannot finish together", () => {
    const arena = new RegexArena();
    const [a, b] = [arena.literal("a"), arena.repeat(arena.literal("b"), 0)];
    const ending = (letter: string): Regex => arena.concat(a, b, arena.literal(letter));
    const regex = arena.or(arena.and(ending("c"), ending("d")), arena.literal("ae"));
    const state = arena.step(regex, 0x61);
    expect(arena.onlyByte(state)).toBe(0x65);
    expect(arena.step(state, 0x62)).toBe(arena.nothing);
  });

  test("are the same number where they are built alike or simplify to the same", () => {
    const arena = new RegexArena();
    const [a, b, ab] = [arena.literal("a"), arena.literal("b"), arena.literal("ab")];
    expect(arena.or(a, b)).toBe(arena.or(b, a));
    expect(arena.or(ab, a)).toBe(arena.concat(a, arena.optional(b)));
    expect(arena.repeat(arena.repeat(a, 1), 0)).toBe(arena.repeat(a, 0));
    expect(arena.concat(a, arena.repeat(a, 2, 4))).toBe(arena.repeat(a, 3, 5));
    expect(arena.or(arena.repeat(a, 0, 2), arena.repeat(a, 3, 5))).toBe(arena.repeat(a, 0, 5));
    expect(arena.not(arena.not(ab))).toBe(ab);
    expect(arena.and(ab, arena.not(ab))).toBe(arena.nothing);
    expect(arena.and(arena.nothing, arena.repeat(a, 1))).toBe(arena.nothing);
    expect(arena.repeat(arena.bytes(0, 255), 0)).toBe(arena.anything);
  });

  test("of a string's body stay in one state", () => {
    const arena = new RegexArena();
    const body = arena.repeat(arena.or(arena.characters([[0x20, 0x21]]), arena.characters([[0x23, 0x10ffff]])), 0);
    const string = arena.concat(body, arena.literal('"'));
    expect(arena.step(string, 0x61)).toBe(string);
    expect(arena.onlyByte(arena.literal("x"))).toBe(0x78);
    expect(arena.onlyByte(string)).toBe(-1);
    expect(arena.hasNext(arena.step(string, 0x22))).toBe(false);
  });

  test("that begin with a count tell what is repeated, where bytes tell it from what follows", () => {
    const arena = new RegexArena();
    const [a, b] = [arena.literal("a"), arena.literal("b")];
    const counted = arena.concat(arena.repeat(a, 2, 5), b);
    expect(arena.loopOf(counted)).toEqual({
      of: a,
      min: 2,
      max: 5,
      tail: b,
      unlimited: arena.concat(arena.repeat(a, 0), b),
    });
    expect(arena.loopOf(arena.step(counted, 0x61))).toMatchObject({ min: 1, max: 4 });
    for (const none of [
      arena.concat(arena.repeat(a, 0), b),
      arena.concat(arena.repeat(a, 2, 5), arena.or(arena.literal("ab"), arena.literal("c"))),
      arena.concat(arena.repeat(a, 2, 5), arena.optional(b)),
      arena.repeat(a, 2, 5),
      arena.and(counted, arena.not(b)),
    ])
      expect(arena.loopOf(none)).toBeNull();
  });

  test("can be automata, within others", () => {
    const arena = new RegexArena();
    const digits = Array.from({ length: 10 }, (_, digit) => arena.bytes(0x30 + digit));
    /** Numbers that leave a remainder by 7; a state is the remainder so far. */
    const leaving = (remainder: number): Regex =>
      arena.automaton(
        {
          alternatives: () => digits,
          step: (state, byte) => (byte >= 0x30 && byte <= 0x39 ? (state * 10 + byte - 0x30) % 7 : -1),
          accepts: (state) => state === remainder,
        },
        0,
      );
    const [none, three] = [leaving(0), leaving(3)];
    const mixed = arena.concat(none, arena.literal("/"), arena.and(three, arena.not(arena.literal("10"))));
    for (const [text, matched] of [
      ["21/17", true],
      ["21/10", false],
      ["22/17", false],
      ["7/3", true],
      ["/3", true],
      ["7/", false],
    ] as const)
      expect([text, arena.matches(mixed, text)]).toEqual([text, matched]);
    expect(arena.isEmpty(arena.and(none, three))).toBe(true);
    expect(arena.isEmpty(arena.and(none, arena.repeat(arena.or(...digits), 3, 3)))).toBe(false);
  });

  test("may share long beginnings", () => {
    const arena = new RegexArena();
    const long = "ab".repeat(5000);
    const either = arena.or(arena.literal(`${long}x`), arena.literal(`${long}y`));
    expect(arena.matches(either, `${long}y`)).toBe(true);
    expect(arena.matches(either, `${long}z`)).toBe(false);
    // At every step some text ends and another goes on.
    const steps = Array.from({ length: 6000 }, (_, i) => arena.optional(arena.literal("abc"[i % 3] ?? "")));
    expect(() => arena.matches(arena.concat(...steps), "a")).toThrow(GrammarLimitError);
    expect(arena.matches(arena.concat(...steps.slice(0, 300)), "aabbccaa")).toBe(true);
  });

  test("that would need too many states are refused", () => {
    const arena = new RegexArena();
    const any = arena.bytes(0, 255);
    const [a, b] = [arena.literal("a"), arena.literal("b")];
    // Every word whose 40th letter from the end is an a, and is a b.
    const end = (letter: Regex): Regex => arena.concat(arena.anything, letter, arena.repeat(any, 39, 39));
    expect(() => arena.isEmpty(arena.and(end(a), end(b)))).toThrow(GrammarLimitError);
    let deep = a;
    expect(() => {
      for (let i = 0; i < 5000; i++) deep = arena.repeat(arena.concat(deep, b), 0, 2);
    }).toThrow(GrammarLimitError);
  });
});
