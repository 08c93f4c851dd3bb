import type { Expression, GrammarBuilder } from "./automaton/grammar-builder.ts";
import type { GrammarState, StateHost } from "./automaton/grammar-state.ts";
import { StateSpace } from "./automaton/state-space.ts";
import { StateMasks } from "./masks/state-masks.ts";
import { TerminalMasks } from "./masks/terminal-masks.ts";
import type { TokenMask } from "./masks/token-mask.ts";
import { jsonBodyOfLength, jsonStringBody } from "./pattern/index.ts";
import { RegexArena, WorkBudget } from "./regex/index.ts";
import { forcedTokens } from "./vocabulary/forced-tokens.ts";
import type { TokenVocabulary } from "./vocabulary/token-vocabulary.ts";

/** Nodes of an arena after which grammars of a vocabulary get a new one, so that old ones can be freed. */
const FULL_ARENA = 300_000;

/** Steps that a grammar may take for one token, and in all its life. */
const STEPS = { each: 1_000_000, all: 10_000_000 } as const;

/** Masks that a grammar keeps, in bytes; beyond them it forgets all, and finds them anew. */
const MASK_BYTES = 32 * 2 ** 20;

/** What the grammars of one vocabulary share: regular expressions, and the tokens that may come at each of their states. */
export class GrammarContext {
  readonly vocabulary: TokenVocabulary;
  readonly regexes = new RegexArena();
  readonly terminals: TerminalMasks;
  #isWarm = false;

  private constructor(vocabulary: TokenVocabulary) {
    this.vocabulary = vocabulary;
    this.terminals = new TerminalMasks(this.regexes, vocabulary.trie, vocabulary.size);
  }

  /** Finds what tokens do in strings of JSON, which takes some milliseconds, before a text waits for it. */
  warmUp(): void {
    if (this.#isWarm) return;
    this.#isWarm = true;
    const quote = this.regexes.literal('"');
    for (const body of [jsonStringBody(this.regexes), jsonBodyOfLength(this.regexes, 0, SOME_LENGTH)])
      this.terminals.of(this.regexes.concat(body, quote));
  }

  /** That of a vocabulary, as long as it is not too full. */
  static of(vocabulary: TokenVocabulary): GrammarContext {
    const known = contexts.get(vocabulary);
    if (known && known.regexes.size < FULL_ARENA) return known;
    const made = new GrammarContext(vocabulary);
    contexts.set(vocabulary, made);
    return made;
  }
}

/** A length of strings, for the table of how many characters came. */
const SOME_LENGTH = 1_000;

const contexts = new WeakMap<TokenVocabulary, GrammarContext>();

/**
 * A compiled grammar for one vocabulary. Its states and masks are found as texts need them and kept, so it is best shared: by
 * all rows of a batch, all requests of a server. It never changes.
 *
 * @example
 * const grammar = compileGrammar({ choice: ["yes", "no"] }, tokenizer);
 * const [token] = tokenizer.encode("yes", { addSpecialTokens: false });
 * console.log(grammar.start.mask().has(token), grammar.start.step(token)?.isComplete);
 */
export class Grammar {
  readonly vocabulary: TokenVocabulary;
  /** Before the first token. */
  readonly start: GrammarState;
  readonly #space: StateSpace;
  readonly #stateMasks: StateMasks;
  readonly #masks = new Map<GrammarState, TokenMask>();
  #maskBytes = 0;

  /**
   * @param builder made with the arena of the context
   * @throws GrammarError for a grammar without any text
   */
  constructor(context: GrammarContext, builder: GrammarBuilder, root: Expression) {
    const { vocabulary, terminals } = context;
    this.vocabulary = vocabulary;
    const budget = new WorkBudget(STEPS.each, STEPS.all);
    const bounded = <T>(task: () => T): T => {
      context.regexes.budget = budget;
      return budget.run(task);
    };
    const host: StateHost = {
      step: (state, byte) => bounded(() => this.#space.step(state, byte)),
      forcedByte: (state) => bounded(() => this.#forcedByte(state)),
      stepToken: (state, token) => bounded(() => this.#stepToken(state, token)),
      mask: (state) => this.#masks.get(state) ?? bounded(() => this.#mask(state)),
      forced: (state) => (state.isAccepting ? [] : bounded(() => forcedTokens(vocabulary, state))),
    };
    this.#space = new StateSpace(builder, root, host);
    this.#stateMasks = new StateMasks(this.#space, terminals, vocabulary.trie, vocabulary.size);
    this.start = this.#space.start;
  }

  #stepToken(start: GrammarState, token: number): GrammarState | null {
    const bytes = this.vocabulary.grammarBytesOf(token);
    if (!bytes || bytes.length === 0) return null;
    let state: GrammarState | null = start;
    for (let i = 0; state && i < bytes.length; i++) state = state.stepByte(bytes[i] ?? 0);
    return state;
  }

  #forcedByte({ regexes, isAccepting }: GrammarState): number {
    if (isAccepting) return -1;
    let only = -1;
    for (const regex of regexes) {
      const byte = this.#space.regexes.onlyByte(regex);
      if (byte < 0 || (only >= 0 && byte !== only)) return -1;
      only = byte;
    }
    return only;
  }

  #mask(state: GrammarState): TokenMask {
    const made = this.#stateMasks.of(state);
    this.#maskBytes += made.ownBytes + 256;
    if (this.#maskBytes > MASK_BYTES) {
      this.#masks.clear();
      this.#maskBytes = made.ownBytes;
    }
    this.#masks.set(state, made);
    return made;
  }
}
