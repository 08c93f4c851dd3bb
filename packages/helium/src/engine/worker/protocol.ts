import type { EmbedRequest } from "../../encoding/embed.ts";
import type { TextRequest } from "../../encoding/read-text.ts";
import type { HeadName } from "../../heads/index.ts";
import type { LoadProgress, LoadOptions } from "../../loading/load-model.ts";
import type { ContinuationScore, ScoreContinuationsRequest } from "../../scoring/score-continuations.ts";
import type { ScoreTokensRequest, TokenScore } from "../../scoring/score-tokens.ts";
import type { ClonableLocation } from "../../sources/resolve-source.ts";
import type { ClonableEngineOptions, EngineStats } from "../engine-options.ts";
import type { WorkerModel, WorkerRequest } from "../inference/inference-engine.ts";
import type { LoadedPrefixes } from "../prefixes/load-prefixes.ts";
import type { SavePrefixesOptions } from "../prefixes/save-prefixes.ts";
import type { EngineResult, EngineToken, RequestStats } from "../request.ts";
import type { WireError } from "./wire-error.ts";
import type { HubOptions } from "../../hub/hub-options.ts";

/** Calls of an engine that have one answer; a signal does not cross. */
export interface Calls {
  readonly stats: Call<null, EngineStats>;
  readonly freeUnused: Call<null, void>;
  readonly scoreTokens: Call<Omit<ScoreTokensRequest, "signal">, readonly TokenScore[]>;
  readonly scoreContinuations: Call<Omit<ScoreContinuationsRequest, "signal">, readonly ContinuationScore[]>;
  readonly embed: Call<Omit<EmbedRequest, "signal">, Float32Array>;
  readonly classify: Call<Omit<TextRequest, "signal">, Float32Array>;
  readonly tag: Call<Omit<TextRequest, "signal">, Float32Array>;
  readonly savePrefixes: Call<SavePrefixesOptions, readonly Uint8Array[]>;
  readonly loadPrefixes: Call<Uint8Array | readonly Uint8Array[], LoadedPrefixes>;
}

interface Call<Request, Answer> {
  readonly request: Request;
  readonly answer: Answer;
}

/** A call as a message has it. */
export type CallOf<Name extends keyof Calls = keyof Calls> = {
  [N in Name]: { readonly name: N; readonly request: Calls[N]["request"] };
}[Name];

/**
 * What a caller says to the worker, by kind; requests and calls have numbers of the caller's choice. The end of the worker
 * is no message: it is terminated, and its memory with it.
 */
export interface ToWorker {
  /** The first message: loads the model and makes its engine. */
  readonly open: {
    readonly location: ClonableLocation;
    readonly load: WorkerLoadOptions;
    readonly engine: ClonableEngineOptions;
  };
  readonly submit: { readonly id: number; readonly request: Omit<WorkerRequest, "signal" | "onWarning"> };
  readonly call: { readonly id: number; readonly call: CallOf };
  /** The end of a request or a call is told as a failure, a CancelledError. */
  readonly cancel: { readonly id: number };
}

/** What the worker says, by kind. */
export interface FromWorker {
  readonly progress: { readonly progress: LoadProgress };
  readonly opened: { readonly model: WorkerModel };
  readonly notOpened: { readonly error: WireError };
  /** New tokens of any requests, in their order. */
  readonly tokens: {
    readonly tokens: readonly { readonly id: number; readonly token: EngineToken; readonly stats: RequestStats }[];
  };
  readonly warning: { readonly id: number; readonly message: string };
  readonly ended: { readonly id: number; readonly result: EngineResult };
  readonly answer: { readonly id: number; readonly answer: Calls[keyof Calls]["answer"] };
  readonly failed: { readonly id: number; readonly error: WireError };
}

/** A message of a table. */
export type Message<Table> = { [Kind in keyof Table]: { readonly kind: Kind } & Table[Kind] }[keyof Table];

/** What is done with each kind of message. */
export type Handlers<Table> = { readonly [Kind in keyof Table]: (message: Table[Kind]) => void };

/** Calls the handler of a message. */
export function handle<Table>(handlers: Handlers<Table>, message: Message<Table>): void {
  const { kind } = message;
  (handlers[kind] as (message: Message<Table>) => void)(message);
}

/** Options of `fromPretrained` that can cross to a worker. */
export type WorkerLoadOptions = Pick<
  LoadOptions,
  | "threads"
  | "codegen"
  | "dtype"
  | "embeddingDType"
  | "strictDtype"
  | "kvDType"
  | "computeDType"
  | Exclude<keyof HubOptions, "onDownload" | "onNotice" | "signal" | "fetch">
> & {
  /** Name of the backend; default "auto". */
  readonly backend?: string;
  /** What the model is to do; default: as config.json names it in `architectures`. */
  readonly head?: HeadName;
};
