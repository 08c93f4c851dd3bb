import { loadingOptions } from "../../options/loading-options.ts";
import {
  choices,
  flag,
  inGroup,
  integer,
  text,
  type OptionTable,
  type OptionValues,
  perCall,
  replacing,
} from "../../options/option-table.ts";
import type { SharedOptions } from "../../options/shared-options.ts";

const languages = ["en", "de", "es", "fr", "it", "pt"] as const;

export const evalOptions = {
  preset: perCall(text("name", "tasks and protocol: helium-card (the default), helium-card-0shot or lm-eval")),
  languages: choices("codes", languages, "only these rows of the preset"),
  text: perCall(text("file", "the perplexity of a text file, in place of tasks")),
  data: text("folder", "where the data is: a cache of the hub, or folders named after its repositories"),
  download: flag("fetch data that is not there from the hub"),
  numFewshot: integer("n", 0, "examples in each prompt of the named tasks; default 0"),
  limit: integer("n", 1, "documents of each task at most, from the first"),
  out: text("folder", "where results go, and the journal to go on from; default helium-eval"),
  shard: perCall(text("i/n", "score only the i-th of n parts; helium eval merge puts them together")),
  ...inGroup("Endpoint", {
    endpoint: replacing(
      ["model"],
      text("url", "score the model of an OpenAI-compatible server, by its /v1/completions"),
    ),
    endpointModel: text("name", "its name there"),
    tokenizer: text("folder", "tokenizer of the endpoint's model; default: the server's own /tokenize"),
  } as const satisfies OptionTable),
  addBos: flag("begin every text with the BOS token; default: as the tokenizer does, with --endpoint not"),
  maxLength: integer("n", 2, "tokens that are read of a text at most; default the model's context"),
  ...inGroup("Scores", {
    cardModel: text("name", "compare with the card's figures of this model; default: found by the model's name"),
    bleuTokenizer: text("name", "tokens of BLEU: 13a (the default), intl, char, none or flores200"),
    spmModel: text("file", "SentencePiece model for --bleu-tokenizer flores200"),
    lowercase: flag("compare translations without regard to upper and lower case"),
    bootstrapIters: integer("n", 0, "resamples for standard errors; default 100000"),
  } as const satisfies OptionTable),
  budget: integer("n", 1, "tokens of one pass over all texts; default 512"),
  list: perCall(flag("list tasks, groups and presets")),
  ...loadingOptions,
} as const satisfies OptionTable;

export type EvalOptions = OptionValues<typeof evalOptions> & SharedOptions;
