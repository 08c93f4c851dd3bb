import { DisposedError, type WorkerHandle } from "@helium-lm/tensor";
import type { LoadProgress } from "../../loading/load-model.ts";
import type { EmbedRequest } from "../../encoding/embed.ts";
import type { TextRequest } from "../../encoding/read-text.ts";
import type { ContinuationScore, ScoreContinuationsRequest } from "../../scoring/score-continuations.ts";
import type { ScoreTokensRequest, TokenScore } from "../../scoring/score-tokens.ts";
import type { ClonableEngineOptions, EngineStats } from "../engine-options.ts";
import type { InferenceEngine, WorkerModel, WorkerRequest } from "../inference/inference-engine.ts";
import { clonableLocation, type ClonableLocation } from "../../sources/resolve-source.ts";
import { CancelledError, EngineWorkerError, GenerationError } from "../../errors.ts";
import { Grammar } from "../../grammar/grammar.ts";
import type { GrammarSpec } from "../../grammar/grammar-spec.ts";
import { plainSpec } from "../../grammar/plain-spec.ts";
import { EngineHandle, type HandleSink } from "../engine-handle.ts";
import type { LoadedPrefixes } from "../prefixes/load-prefixes.ts";
import type { SavePrefixesOptions } from "../prefixes/save-prefixes.ts";
import {
  handle,
  type CallOf,
  type Calls,
  type FromWorker,
  type Handlers,
  type Message,
  type ToWorker,
  type WorkerLoadOptions,
} from "./protocol.ts";
import { fromWire } from "./wire-error.ts";

/** How a worker loads its model, and what its engine keeps; see `LoadOptions` and `EngineOptions`. */
export interface EngineWorkerOptions extends WorkerLoadOptions {
  /** Limits of the engine; default: none. */
  readonly engine?: ClonableEngineOptions;
  readonly onProgress?: (progress: LoadProgress) => void;
  /** Ends the worker while it loads. */
  readonly signal?: AbortSignal;
}

/** Starts the worker's side. */
export type WorkerStarter = (
  onMessage: (message: Message<FromWorker>) => void,
  onDeath: (reason: string) => void,
) => Promise<WorkerHandle<Message<ToWorker>>>;

/** A request that the worker has not ended yet. */
interface Pending {
  readonly handle: EngineHandle;
  readonly sink: HandleSink;
  readonly onWarning: ((message: string) => void) | undefined;
}

interface Question<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

/** An engine in a worker of its own; see `createEngineWorker`. */
export class EngineWorker implements InferenceEngine {
  readonly #requests = new Map<number, Pending>();
  readonly #calls = new Map<number, Question<Calls[keyof Calls]["answer"]>>();
  #worker: WorkerHandle<Message<ToWorker>> | null = null;
  #opening: Question<WorkerModel> | null = null;
  #model: WorkerModel | null = null;
  #numbers = 0;
  /** Why nothing is asked of the worker any more. */
  #end: { readonly error: unknown } | null = null;

  private constructor() {}

  /** @internal */
  static async open(
    start: WorkerStarter,
    location: ClonableLocation,
    { engine = {}, onProgress, signal, ...load }: EngineWorkerOptions,
  ): Promise<EngineWorker> {
    signal?.throwIfAborted();
    const opened = new EngineWorker();
    const abort = (): void => opened.#fail(signal?.reason);
    signal?.addEventListener("abort", abort);
    try {
      const checked = clonableLocation(location);
      const handlers = opened.#handlers(onProgress);
      opened.#worker = await start(
        (message) => handle(handlers, message),
        (reason) => opened.#fail(died(reason)),
      );
      // It may have been aborted, or died, meanwhile.
      if (opened.#end) opened.#worker.terminate();
      opened.#checkLive();
      opened.#worker.keepsAlive(true);
      opened.#model = await new Promise<WorkerModel>((resolve, reject) => {
        opened.#opening = { resolve, reject };
        opened.#ask({ kind: "open", location: checked, load, engine });
      });
      opened.#rest();
      return opened;
    } catch (error) {
      opened.#fail(error);
      throw error;
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  /** Facts of the model. */
  get model(): WorkerModel {
    if (this.#model === null) throw new DisposedError("EngineWorker", "has no model yet");
    return this.#model;
  }

  /**
   * As `engine.submit`; what the request holds is copied to the worker, and what cannot be copied, such as a function, is told
   * by the handle.
   *
   * @throws DisposedError; EngineWorkerError when the worker has ended by itself
   */
  submit({ signal, onWarning, ...request }: WorkerRequest): EngineHandle {
    this.#checkLive();
    const id = this.#numbers++;
    let given: { readonly reason: unknown } | null = null;
    const cancel = (reason: unknown): void => {
      if (given || !this.#requests.has(id)) return;
      given = { reason };
      this.#ask({ kind: "cancel", id });
    };
    const abort = (): void => cancel(signal?.reason);
    let teller: HandleSink | null = null;
    const submitted = new EngineHandle((sink) => {
      // The reason itself, not what a message makes of it.
      teller = {
        ...sink,
        fail: (error) => sink.fail(given && error instanceof CancelledError ? given.reason : error),
      };
      return cancel;
    });
    if (teller) this.#send(id, { handle: submitted, sink: teller, onWarning }, request);
    if (signal?.aborted) abort();
    else signal?.addEventListener("abort", abort);
    const forget = (): void => signal?.removeEventListener("abort", abort);
    submitted.result.then(forget, forget);
    return submitted;
  }

  /** Cancels all requests, see `EngineHandle.cancel`. */
  cancel(reason?: unknown): void {
    for (const pending of this.#requests.values()) pending.handle.cancel(reason);
  }

  scoreTokens({ signal, ...request }: ScoreTokensRequest): Promise<readonly TokenScore[]> {
    return this.#call("scoreTokens", request, signal);
  }

  scoreContinuations({ signal, ...request }: ScoreContinuationsRequest): Promise<readonly ContinuationScore[]> {
    return this.#call("scoreContinuations", request, signal);
  }

  embed({ signal, ...request }: EmbedRequest): Promise<Float32Array> {
    return this.#call("embed", request, signal);
  }

  classify({ signal, ...request }: TextRequest): Promise<Float32Array> {
    return this.#call("classify", request, signal);
  }

  tag({ signal, ...request }: TextRequest): Promise<Float32Array> {
    return this.#call("tag", request, signal);
  }

  /** As `engine.stats`. @throws DisposedError; EngineWorkerError when the worker has ended by itself */
  stats(): Promise<EngineStats> {
    return this.#call("stats", null);
  }

  freeUnused(): Promise<void> {
    return this.#call("freeUnused", null);
  }

  savePrefixes(options: SavePrefixesOptions = {}): Promise<readonly Uint8Array[]> {
    return this.#call("savePrefixes", options);
  }

  loadPrefixes(parts: Uint8Array | readonly Uint8Array[]): Promise<LoadedPrefixes> {
    return this.#call("loadPrefixes", parts);
  }

  /** Ends all requests with a DisposedError, and the worker with all its memory; a second call does nothing. */
  dispose(): void {
    this.#fail(new DisposedError("EngineWorker", "was disposed; make a new one"));
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #send(id: number, pending: Pending, request: ToWorker["submit"]["request"]): void {
    this.#requests.set(id, pending);
    this.#worker?.keepsAlive(true);
    try {
      const { grammar, ...rest } = request;
      this.#ask({ kind: "submit", id, request: { ...rest, ...(grammar && { grammar: clonable(grammar) }) } });
    } catch (error) {
      this.#close(id)?.sink.fail(error);
    }
  }

  /** What a call in the worker gives; its end is awaited there, even when it is aborted here. */
  async #call<Name extends keyof Calls>(
    name: Name,
    request: Calls[Name]["request"],
    signal?: AbortSignal,
  ): Promise<Calls[Name]["answer"]> {
    this.#checkLive();
    signal?.throwIfAborted();
    const id = this.#numbers++;
    const abort = (): void => this.#ask({ kind: "cancel", id });
    signal?.addEventListener("abort", abort);
    try {
      const answer = new Promise<Calls[keyof Calls]["answer"]>((resolve, reject) => {
        this.#calls.set(id, { resolve, reject });
        this.#worker?.keepsAlive(true);
        // Name and request belong together, which the compiler loses sight of.
        this.#ask({ kind: "call", id, call: { name, request } as unknown as CallOf });
      });
      return await answer;
    } catch (error) {
      // The reason itself, not what a message makes of it.
      throw signal?.aborted && error instanceof CancelledError ? signal.reason : error;
    } finally {
      signal?.removeEventListener("abort", abort);
      this.#calls.delete(id);
      this.#rest();
    }
  }

  #ask(message: Message<ToWorker>): void {
    this.#worker?.post(message);
  }

  #handlers(onProgress: EngineWorkerOptions["onProgress"]): Handlers<FromWorker> {
    return {
      progress: ({ progress }) => onProgress?.(progress),
      opened: ({ model }) => this.#opening?.resolve(model),
      notOpened: ({ error }) => this.#opening?.reject(fromWire(error)),
      tokens: ({ tokens }) => {
        for (const { id, token, stats } of tokens) this.#requests.get(id)?.sink.token(token, stats);
      },
      warning: ({ id, message }) => this.#requests.get(id)?.onWarning?.(message),
      ended: ({ id, result }) => this.#close(id)?.sink.end(result),
      answer: ({ id, answer }) => this.#calls.get(id)?.resolve(answer),
      failed: ({ id, error }) => {
        const thrown = fromWire(error);
        this.#calls.get(id)?.reject(thrown);
        this.#close(id)?.sink.fail(thrown);
      },
    };
  }

  #close(id: number): Pending | undefined {
    const pending = this.#requests.get(id);
    this.#requests.delete(id);
    this.#rest();
    return pending;
  }

  /** An idle worker keeps no process alive. */
  #rest(): void {
    if (this.#requests.size + this.#calls.size === 0) this.#worker?.keepsAlive(false);
  }

  /** Ends everything. */
  #fail(error: unknown): void {
    if (this.#end) return;
    this.#end = { error };
    this.#worker?.terminate();
    this.#opening?.reject(error);
    for (const { sink } of this.#requests.values()) sink.fail(error);
    for (const { reject } of this.#calls.values()) reject(error);
    this.#requests.clear();
    this.#calls.clear();
  }

  #checkLive(): void {
    if (this.#end) throw this.#end.error;
  }
}

/** @throws GenerationError for a compiled grammar; GrammarError for what is no spec */
function clonable(grammar: GrammarSpec): GrammarSpec {
  if (grammar instanceof Grammar)
    throw new GenerationError(
      "grammar",
      "is compiled for this thread, and cannot cross to a worker; give what it was compiled from, such as { json: schema }",
    );
  return plainSpec(grammar);
}

const died = (reason: string): EngineWorkerError =>
  new EngineWorkerError("EngineWorker", `the worker stopped unexpectedly (${reason}); create a new one`, { reason });
