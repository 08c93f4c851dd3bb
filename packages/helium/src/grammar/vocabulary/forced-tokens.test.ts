import { describe, expect, test } from "vitest";
import { readFixture } from "../../../../../testing/fixtures.ts";
import { Tokenizer } from "../../tokenizer/tokenizer.ts";
import { forcedTokens, type ForcingState } from "./forced-tokens.ts";
import { healPrompt } from "./heal-prompt.ts";
import { TokenVocabulary } from "./token-vocabulary.ts";

const utf8 = new TextEncoder();

/** The state of a grammar that is a list of texts. */
class Texts implements ForcingState<Texts> {
  readonly #texts: readonly string[];

  constructor(texts: readonly string[]) {
    this.#texts = texts;
  }

  get isAccepting(): boolean {
    return this.#texts.includes("");
  }

  forcedByte(): number {
    const next = new Set(this.#texts.map((text) => text.charCodeAt(0)));
    const [byte] = next;
    return next.size === 1 && byte !== undefined && !this.isAccepting ? byte : -1;
  }

  stepByte(byte: number): Texts | null {
    const first = String.fromCharCode(byte);
    const rest = this.#texts.filter((text) => text.startsWith(first)).map((text) => text.slice(1));
    return rest.length > 0 ? new Texts(rest) : null;
  }
}

const words = ["order", "orderId", "Id", "Name", "name", "_of", "_the", "_person", '"', '":', "=", ":", "{", '{"'];
const characters = [..."abcdefghijklmnopqrstuvwxyzIN_ "];
const tokens = [...words, ...characters];
const vocabulary = TokenVocabulary.fromTokens(tokens.map((token) => utf8.encode(token)));
const forced = (...texts: string[]): string[] =>
  forcedTokens(vocabulary, new Texts(texts)).map((id) => tokens[id] ?? "");

interface Anything extends ForcingState<Anything> {
  readonly isAccepting: boolean;
}

describe("forcedTokens", () => {
  test("without an alternative all tokens are forced", () => {
    expect(forced('name_of_the_person"')).toEqual(["name", "_of", "_the", "_person", '"']);
  });

  test("the last token stays out where a longer one could stand for it and more", () => {
    expect(forced('name_of_the_person":1', 'name_of_the_person" :1')).toEqual(["name", "_of", "_the", "_person"]);
    expect(forced("orderId=", "orderName=")).toEqual([]);
  });

  test("but not where the grammar does not allow the longer one", () => {
    expect(forced('name"a', 'name"=')).toEqual(["name", '"']);
    expect(forced("order_of", "order a")).toEqual(["order"]);
  });

  test("none where the text may end, or has alternatives", () => {
    expect(forced("", "a")).toEqual([]);
    expect(forced("a", "b")).toEqual([]);
  });

  test("none where no tokens make up the bytes", () => {
    expect(forced("name!")).toEqual([]);
  });

  test("a long forced text comes in parts", () => {
    const ids = forcedTokens(vocabulary, new Texts(["a".repeat(2000)]));
    expect(ids.length).toBeGreaterThan(100);
    expect(ids.length).toBeLessThan(2000);
    expect(new Set(ids)).toEqual(new Set([tokens.indexOf("a")]));
  });

  test("what may go on in any way forces less than what must not go on", () => {
    const many = Array.from({ length: 6000 }, (_, n) => utf8.encode(`a${String(n).padStart(4, "0")}`));
    const wide = TokenVocabulary.fromTokens([utf8.encode("a"), ...many]);
    const anything: Anything = { isAccepting: false, forcedByte: () => -1, stepByte: () => anything };
    const start: Anything = { isAccepting: false, forcedByte: () => 97, stepByte: () => anything };
    expect(forcedTokens(wide, start)).toEqual([]);
    const nothing: Anything = { isAccepting: false, forcedByte: () => -1, stepByte: () => null };
    const end: Anything = { isAccepting: false, forcedByte: () => 97, stepByte: () => nothing };
    expect(forcedTokens(wide, end)).toEqual([0]);
  });

  test("the tokens are those of the tokenizer in the middle of a text", () => {
    const tokenizer = Tokenizer.fromJSON(readFixture("tokenizer/tokenizer.json"));
    const real = TokenVocabulary.of(tokenizer);
    const text = '"parameters": {"city": ';
    const ids = forcedTokens(real, new Texts([text]));
    const lead = tokenizer.encode("a", { addSpecialTokens: false });
    expect([...lead, ...ids]).toEqual(tokenizer.encode(`a${text}`, { addSpecialTokens: false }));
  });
});

describe("healPrompt", () => {
  const heal = (...prompt: string[]): [string[], string] => {
    const { ids, prefix } = healPrompt(
      vocabulary,
      prompt.map((token) => tokens.indexOf(token)),
    );
    return [ids.map((id) => tokens[id] ?? ""), new TextDecoder().decode(prefix)];
  };

  test("takes back the last token where it could begin a longer one", () => {
    expect(heal("name", '"')).toEqual([["name"], '"']);
    expect(heal("name", "=")).toEqual([["name", "="], ""]);
    expect(heal("Name", "order")).toEqual([["Name"], "order"]);
  });

  test("takes back several that are the beginning of one", () => {
    expect(heal("a", "o", "r", "d")).toEqual([["a"], "ord"]);
    expect(heal("_", "p", "e", "r")).toEqual([[], "_per"]);
  });

  test("never a special token, nor what stands before one", () => {
    const special = TokenVocabulary.fromTokens([utf8.encode("a"), utf8.encode("ab"), null]);
    expect(healPrompt(special, [0, 2])).toEqual({ ids: [0, 2], prefix: new Uint8Array() });
    expect(healPrompt(special, [2, 0])).toEqual({ ids: [2], prefix: utf8.encode("a") });
    expect(healPrompt(special, [])).toEqual({ ids: [], prefix: new Uint8Array() });
  });
});
