import type { LogLevel } from "@helium-lm/serve/node";
import {
  choice,
  decimal,
  inGroup,
  integer,
  text,
  type OptionTable,
  type OptionValues,
  type ValueOption,
  secret,
} from "./option-table.ts";

/** Several values, separated by commas. */
export const list = (placeholder: string, help: string): ValueOption<readonly string[]> => ({
  kind: "value",
  placeholder,
  help,
  expected: "values that are not empty, separated by commas",
  parse: (given) => {
    const values = given.split(",").map((value) => value.trim());
    return values.every((value) => value !== "") ? values : undefined;
  },
});

const units: Readonly<Record<string, number>> = {
  ...{ b: 1, kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12 },
  ...{ kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30, tib: 2 ** 40 },
};

/** An amount of memory: `512MB`, `2 GiB`. */
const bytes = (help: string): ValueOption<number> => ({
  kind: "value",
  placeholder: "size",
  help,
  expected: "a size such as 512MB or 2GiB",
  parse: (given) => {
    const [, amount = "", unit = ""] = /^(\d+(?:\.\d+)?) ?([kmgt]?i?b)$/i.exec(given) ?? [];
    const size = Number(amount || NaN) * (units[unit.toLowerCase()] ?? NaN);
    return size > 0 ? Math.floor(size) : undefined;
  },
});

export const seconds = (help: string): ValueOption<number> =>
  decimal("s", { expected: "seconds, above 0", accepts: (s) => s > 0 && s <= 1e6 }, help);

export const logLevels: readonly LogLevel[] = ["silent", "error", "warn", "info"];

/** What a server of models has room for, and how it computes. */
export const servingOptions = inGroup("Models and limits", {
  alias: list("a,b", "other names of the first model, or, as name=model, of another"),
  maxSequences: integer("n", 1, "texts computed at the same time; default 32"),
  budget: integer("n", 1, "tokens of one pass; default as many as 25 ms allow"),
  kvMemory: bytes("memory for keys and values of each model; default 1GiB"),
  speculation: choice("name", ["off", "lookup"], "guess tokens ahead where a text repeats itself; default off"),
  chatTemplate: text("file", "chat template (Jinja) in place of the models' own"),
  timeout: seconds("how long a request may take; default 600"),
} as const satisfies OptionTable);

/** How `serve` listens, whom it lets in, and what it has room for. */
export const serveOptions = {
  ...inGroup("Access", {
    host: text("name", "address to listen at; default 127.0.0.1: this machine alone; 0.0.0.0 is all"),
    port: integer("n", 0, "port; default 8000, 0 is any free one"),
    apiKey: secret(list("a,b", "keys, of which requests have to bring one; others see them in the list of processes")),
    apiKeyFile: text("file", "file with such keys, one in each line"),
    cors: list("a,b", "origins whose pages may use the server, * for all; default: none"),
  } as const satisfies OptionTable),
  queue: integer("n", 0, "requests that wait for their turn, before others get 429; default 64"),
  ...servingOptions,
  filesFolder: text("folder", "keep the files and batches of /v1/files and /v1/batches there; default: they are off"),
  batchSequences: integer("n", 1, "of the texts at the same time, those of batches at most; default three quarters"),
  prefixCache: text("folder", "keep the stored starts of texts there from one run to the next"),
  idleUnload: seconds("free a model that nobody asked for so long; default: never"),
  drainTimeout: seconds("how long requests may go on when the server is told to end; default 30"),
  logLevel: choice("name", logLevels, "what is logged on stderr, never prompts or answers; default info"),
} as const satisfies OptionTable;

export type ServeOptionValues = OptionValues<typeof serveOptions>;
