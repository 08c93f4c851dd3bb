/** A number as it is written, so that 2, 2.0 and 2e0 stay apart and nothing is rounded. */
export interface JsonNumber {
  readonly token: string;
}

export type JsonValue = string | boolean | null | JsonNumber | readonly JsonValue[] | ReadonlyMap<string, JsonValue>;

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

const surrogate = /\p{Surrogate}/u;

/** Deeper nesting than any header has; keeps the recursion bounded. */
const maxDepth = 64;

/** What a list or an object counts for: an empty Map takes the memory of so many texts. */
const containerValues = 8;

/**
 * Reads JSON (RFC 8259) that comes from a stranger. Unlike `JSON.parse` it refuses repeated keys and unpaired
 * surrogates, keeps numbers as written, and gives objects as Maps, where `__proto__` is a key like any other.
 *
 * @param fail called with the reason; must throw
 * @param limit how many values the document may hold, those within values included; a list or an object in it counts eight
 */
export function parseStrictJson(text: string, fail: (reason: string) => never, limit = Infinity): JsonValue {
  return new StrictJson(text, fail).document(limit);
}

/**
 * Reads a document that is an object member by member, so that a stranger's text never makes more than one of them:
 * `visit` sees each as soon as it is read, and what it throws ends the reading.
 *
 * @param fail called with the reason; must throw
 * @param limitOf how many values the member under a key may hold, those within values included
 * @returns false where the document is no object; nothing is visited then
 */
export function visitStrictMembers(
  text: string,
  fail: (reason: string) => never,
  limitOf: (key: string) => number,
  visit: (key: string, value: JsonValue) => void,
): boolean {
  return new StrictJson(text, fail).members(limitOf, visit);
}

/** The value of a plain non-negative integer token below 2⁵³, else null. */
export function wholeNumber(value: JsonValue | undefined): number | null {
  if (typeof value !== "object" || value === null || !("token" in value)) return null;
  const number = Number(value.token);
  return /^\d+$/.test(value.token) && Number.isSafeInteger(number) ? number : null;
}

class StrictJson {
  readonly #text: string;
  readonly #fail: (reason: string) => never;
  #at = 0;
  /** How many values may still come, and the reason once there are more. */
  #limit = { left: Infinity, exceeded: "" };

  constructor(text: string, fail: (reason: string) => never) {
    this.#text = text;
    this.#fail = fail;
  }

  document(limit: number): JsonValue {
    this.#limit = { left: limit, exceeded: `the document holds more than ${limit} values` };
    const value = this.#value(0);
    this.#skipSpace();
    if (this.#at < this.#text.length) this.#unexpected("the end");
    return value;
  }

  members(limitOf: (key: string) => number, visit: (key: string, value: JsonValue) => void): boolean {
    this.#skipSpace();
    if (this.#text[this.#at] !== "{") {
      // A list could be long; anything else is one value.
      if (this.#text[this.#at] !== "[") this.document(1);
      return false;
    }
    const keys = new Set<string>();
    this.#eachMember(keys, (key) => {
      keys.add(key);
      const limit = limitOf(key);
      this.#limit = { left: limit, exceeded: `${JSON.stringify(key.slice(0, 80))} holds more than ${limit} values` };
      visit(key, this.#value(1));
    });
    this.#skipSpace();
    if (this.#at < this.#text.length) this.#unexpected("the end");
    return true;
  }

  #value(depth: number): JsonValue {
    if (depth > maxDepth) this.#fail(`values nest deeper than ${maxDepth}`);
    if (this.#limit.left-- <= 0) this.#fail(this.#limit.exceeded);
    this.#skipSpace();
    const first = this.#text[this.#at];
    if (depth > 1 && (first === "{" || first === "[")) this.#limit.left -= containerValues - 1;
    switch (first) {
      case "{":
        return this.#object(depth);
      case "[":
        return this.#array(depth);
      case '"':
        return this.#string();
      case "t":
        return this.#word("true", true);
      case "f":
        return this.#word("false", false);
      case "n":
        return this.#word("null", null);
      default:
        return this.#number();
    }
  }

  #object(depth: number): ReadonlyMap<string, JsonValue> {
    const members = new Map<string, JsonValue>();
    this.#eachMember(members, (key) => void members.set(key, this.#value(depth + 1)));
    return members;
  }

  /** Calls `read` behind each key, to take the value and to put the key among `taken`. */
  #eachMember(taken: { has(key: string): boolean }, read: (key: string) => void): void {
    this.#at++;
    if (this.#take("}")) return;
    do {
      this.#skipSpace();
      const key = this.#string();
      if (taken.has(key)) this.#fail(`the key ${JSON.stringify(key.slice(0, 80))} appears twice`);
      if (!this.#take(":")) this.#unexpected("':'");
      read(key);
    } while (this.#take(","));
    if (!this.#take("}")) this.#unexpected("',' or '}'");
  }

  #array(depth: number): readonly JsonValue[] {
    const items: JsonValue[] = [];
    this.#at++;
    if (this.#take("]")) return items;
    do items.push(this.#value(depth + 1));
    while (this.#take(","));
    if (!this.#take("]")) this.#unexpected("',' or ']'");
    return items;
  }

  #string(): string {
    if (this.#text[this.#at] !== '"') this.#unexpected("a string");
    const start = ++this.#at;
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === 0x22) break;
      // NaN past the end of the text.
      if (!(code >= 0x20)) this.#unexpected("the end of a string");
      this.#at += code === 0x5c ? 2 : 1;
    }
    const raw = this.#text.slice(start, this.#at++);
    const value = raw.includes("\\") ? this.#unescape(raw) : raw;
    if (surrogate.test(value)) this.#fail(`a string holds half a surrogate pair before character ${this.#at}`);
    return value;
  }

  #unescape(raw: string): string {
    try {
      return JSON.parse(`"${raw}"`) as string;
    } catch {
      return this.#fail(`a string has a bad escape before character ${this.#at}`);
    }
  }

  #word<T>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) this.#unexpected("a value");
    this.#at += word.length;
    return value;
  }

  /** Skips space, then `mark` if it is next. */
  #take(mark: string): boolean {
    this.#skipSpace();
    if (this.#text[this.#at] !== mark) return false;
    this.#at++;
    return true;
  }

  #skipSpace(): void {
    for (; ; this.#at++) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
    }
  }

  #number(): JsonNumber {
    number.lastIndex = this.#at;
    const found = number.exec(this.#text);
    if (found === null) return this.#unexpected("a value");
    this.#at = number.lastIndex;
    return { token: found[0] };
  }

  #unexpected(expected: string): never {
    const given = this.#at < this.#text.length ? JSON.stringify(this.#text[this.#at]) : "the end of the text";
    return this.#fail(`expected ${expected}, given ${given} at character ${this.#at}`);
  }
}
