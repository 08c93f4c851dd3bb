import { HeliumLmError } from "@helium-lm/tensor";
import { describeValue } from "./given-values.ts";
import { GgufError } from "@helium-lm/nn";

/** Inputs a model cannot take: token ids out of range, ragged rows, two inputs where one is expected. */
export class InputError extends HeliumLmError {}

/** A model that cannot be loaded: a missing folder or file, an unknown architecture, weights that do not fit. */
export class ModelLoadError extends HeliumLmError {}

export interface ConfigProblem {
  /** The file, or the class where the config was built by hand. */
  readonly file: string;
  /** The key as spelt in JSON; absent where the whole file is at fault. */
  readonly key?: string;
  readonly given: unknown;
  /** Completes "must be …" */
  readonly expected: string;
  readonly mend: string;
}

/** A config that cannot be read or describes no model that runs; the message names file and key. */
export class ConfigError extends HeliumLmError {
  readonly file: string;
  readonly key: string | undefined;

  constructor(problem: ConfigProblem, options?: ErrorOptions) {
    const { file, key, given, expected, mend } = problem;
    super(
      key === undefined ? file : `${file} ${key}`,
      `must be ${expected}, given ${describeValue(given)}; ${mend}`,
      { given, expected, mend },
      options,
    );
    this.file = file;
    this.key = key;
  }
}

/** A generation option outside its domain, or a prompt that leaves no room. */
export class GenerationError extends HeliumLmError {}

/**
 * Logits no token can be chosen from: NaN or +∞, from the model or from a processor. `details` has the `step` (new
 * tokens before), the `row` among all rows, the `token` and the value `given`.
 */
export class LogitsError extends GenerationError {}

/**
 * A text that is no value of the schema it was generated for: it was cut off by a limit, or refused by checks that JSON Schema has
 * no words for.
 */
export class ObjectGenerationError extends GenerationError {
  /** The text so far. */
  readonly text: string;
  /** What ended it, such as "maxLength"; of a complete text "grammar" or "eosTokenId". */
  readonly finishReason: string;
  /** What the schema's own checks say of a complete text; else none. */
  readonly issues: readonly { readonly message: string }[];

  constructor(
    problem: string,
    {
      text,
      finishReason,
      issues = [],
    }: Pick<ObjectGenerationError, "text" | "finishReason"> & {
      readonly issues?: ObjectGenerationError["issues"];
    },
    options?: ErrorOptions,
  ) {
    super("generateObject", problem, { text, finishReason, issues }, options);
    this.text = text;
    this.finishReason = finishReason;
    this.issues = issues;
  }
}

/** Something that the head of a model cannot do; `details` has the `head` and what would be `expected`. */
export class HeadError extends HeliumLmError {
  /** Name of the model's head, such as "causal-lm". */
  readonly head: string;
  /** Names of the heads that can. */
  readonly expected: readonly string[];

  constructor(subject: string, head: string, ...expected: readonly string[]) {
    super(
      subject,
      `the model's head is ${head}, but this needs ${expected.join(" or ")}; give a checkpoint with that head`,
      { head, expected },
    );
    this.head = head;
    this.expected = expected;
  }
}

/** A request that its owner ended; `details.newTokens` had come by then. */
export class CancelledError extends HeliumLmError {}

/**
 * Stored starts of texts that cannot be taken over: the file is damaged, or is of another model, storage, machine or version;
 * `details` has the `field` that differs, with what was `given` and `expected`.
 */
export class PrefixFileError extends HeliumLmError {}

/** A worker that could not be started, or ended by itself; `details.reason` has what is known of it. */
export class EngineWorkerError extends HeliumLmError {}

/** A model that cannot be had from the hub; the subject is the repository, one of its files, or the cache's. */
export class HubError extends ModelLoadError {}

/** No such repository, revision or file. */
export class HubNotFoundError extends HubError {}

/** A repository that needs a token, another token, or its owner's consent. */
export class HubAccessError extends HubError {}

/** The hub cannot be reached, asks to wait too long, or failed again and again. */
export class HubUnavailableError extends HubError {}

/** The network is not to be used, or cannot be, and the cache lacks a file. */
export class HubOfflineError extends HubError {}

/** Bytes, lengths or names that differ from what the hub lists. */
export class HubIntegrityError extends HubError {}

/** A cache that cannot be read or written: no space, no permission, no such storage in this browser. */
export class HubStorageError extends HubError {}

/** What went wrong at one field, and what to do about it. */
export interface TokenizerProblem {
  /** The field of the file or the argument of the call, e.g. `model.vocab[3][1]` or `maxLength`. */
  readonly field: string;
  /** What is wrong with it, given beside expected, e.g. `is "x", expected a finite number`. */
  readonly problem: string;
  /** What the reader can do about it. */
  readonly mend: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** An argument, an id or a text that the tokenizer cannot take; the subject is the call. */
export class TokenizerError extends HeliumLmError {
  /** The argument or file field the error is about. */
  readonly field: string;
  /** What to do about it. */
  readonly mend: string;

  constructor(subject: string, problem: TokenizerProblem, options?: ErrorOptions) {
    const { field, mend } = problem;
    super(subject, `${field} ${problem.problem}; ${mend}`, { field, ...problem.details }, options);
    this.field = field;
    this.mend = mend;
  }
}

/** A tokenizer file that is missing, damaged or of an unknown kind; the subject is the file. */
export class TokenizerFileError extends TokenizerError {
  /** The file, as the caller named its place. */
  readonly file: string;

  constructor(file: string, problem: TokenizerProblem, options?: ErrorOptions) {
    super(file, problem, options);
    this.file = file;
  }
}

/** A tokenizer without a chat template, a template that is no Jinja or refuses the messages, or messages that are none. */
export class ChatTemplateError extends HeliumLmError {}

/** What a chat template may not have, or use, too much of. */
export type ChatTemplateCap =
  "template" | "whitespace" | "inputs" | "range" | "steps" | "time" | "text" | "values" | "depth";

/** A chat template that takes more than any real one; `cap` says of what. */
export class ChatTemplateLimitError extends ChatTemplateError {
  readonly cap: ChatTemplateCap;
  readonly limit: number;

  constructor(cap: ChatTemplateCap, limit: number, problem: string) {
    super("chat template", `${problem} (cap "${cap}": ${limit}); use a simpler template`, { cap, limit });
    this.cap = cap;
    this.limit = limit;
  }
}

/** A tokenizer that `tokenizer.ggml.*` has no words for: llama.cpp cannot have it, this project can. */
export class UnwritableTokenizerError extends GgufError {}

/** A reference dump that cannot be compared with: not one, incomplete, or of another model. */
export class ParityError extends HeliumLmError {}

/** A family broke a rule of the suite: the message holds the difference, the config and how to repeat it. */
export class FamilyError extends HeliumLmError {}

/** A grammar, pattern or schema that cannot be read; of a text, `details` has the `line` and `column`. */
export class GrammarError extends HeliumLmError {
  /** What the nearest spec says of where it comes from; null: nothing. */
  field: string | null = null;
}

/** A construct that cannot be enforced exactly, so that it is refused: the text could otherwise be wrong. */
export class UnsupportedGrammarError extends GrammarError {
  /** The keyword of the schema, or the construct of the pattern. */
  readonly keyword: string;
  /** Where it stands, such as `#/properties/a/if`; of a pattern or a text, the part that holds it. */
  readonly pointer: string;

  constructor(problem: { readonly keyword: string; readonly pointer: string; readonly message: string }) {
    const { keyword, pointer, message } = problem;
    super(pointer, message, { keyword, pointer });
    this.keyword = keyword;
    this.pointer = pointer;
  }
}

/** A grammar that needs more states, rules or steps than are allowed; `details` has the `limit`. */
export class GrammarLimitError extends GrammarError {}
