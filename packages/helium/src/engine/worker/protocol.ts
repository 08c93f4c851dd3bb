import type { LoadProgress, LoadOptions } from "../../loading/load-model.ts";
import type { ClonableLocation } from "../../sources/resolve-source.ts";
import type { GrammarSpec } from "../../grammar/grammar-spec.ts";
import type { EngineOptions, EngineStats } from "../engine-options.ts";
import type { EngineResult, EngineToken, RequestStats, EngineRequest } from "../request.ts";
import type { WireError } from "./wire-error.ts";
import type { HubOptions } from "../../hub/hub-options.ts";

/**
 * What a caller says to the worker, by kind; requests and questions have numbers of the caller's choice. The end of the worker
 * is no message: it is terminated, and its memory with it.
 */
export interface ToWorker {
  /** The first message: loads the model and makes its engine. */
  readonly open: {
    readonly location: ClonableLocation;
    readonly load: WorkerLoadOptions;
    readonly engine: EngineOptions;
  };
  readonly submit: { readonly id: number; readonly request: Omit<WorkerRequest, "signal" | "onWarning"> };
  /** Its end is told as a failure, a CancelledError. */
  readonly cancel: { readonly id: number };
  readonly stats: { readonly id: number };
}

/** What the worker says, by kind. */
export interface FromWorker {
  readonly progress: { readonly progress: LoadProgress };
  readonly opened: { readonly model: WorkerModel };
  readonly notOpened: { readonly error: WireError };
  readonly token: { readonly id: number; readonly token: EngineToken; readonly stats: RequestStats };
  readonly warning: { readonly id: number; readonly message: string };
  readonly ended: { readonly id: number; readonly result: EngineResult };
  readonly failed: { readonly id: number; readonly error: WireError };
  readonly stats: { readonly id: number; readonly stats: EngineStats };
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

/** What a caller is told of the model in a worker. */
export interface WorkerModel {
  readonly modelType: string;
  readonly vocabSize: number;
  readonly maxPositionEmbeddings: number;
  /** Name of the backend that computes. */
  readonly backend: string;
}

/** Options of `fromPretrained` that can cross to a worker. */
export type WorkerLoadOptions = Pick<
  LoadOptions,
  | "threads"
  | "dtype"
  | "embeddingDType"
  | "strictDtype"
  | "kvDType"
  | "computeDType"
  | Exclude<keyof HubOptions, "onDownload" | "onNotice" | "signal" | "fetch">
> & {
  /** Name of the backend; default "auto". */
  readonly backend?: string;
};

/**
 * A request without what is a function: none can cross to the worker, which has its model's own tokenizer for `stopStrings`,
 * `grammar` and `tokenHealing`.
 */
export interface WorkerRequest extends Omit<
  EngineRequest,
  "assistantModel" | "logitsProcessors" | "stoppingCriteria" | "prefixAllowedTokensFn" | "tokenizer" | "grammar"
> {
  /** What the new text has to be; it is compiled in the worker. */
  readonly grammar?: GrammarSpec | null;
}
