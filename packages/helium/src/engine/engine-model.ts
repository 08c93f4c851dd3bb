import type { Backend, Tensor } from "@helium-lm/tensor";
import type { KvDType, PagePool, StepInputs } from "@helium-lm/nn";
import type { ClientEngine } from "./engine-client.ts";
import type { EngineHandle } from "./engine-handle.ts";
import type { EngineRequest } from "./request.ts";

/** Pages for the keys and values of some sequences. */
export interface PoolOptions {
  readonly dtype: KvDType;
  /** Slots that all sequences together will need, if known. */
  readonly slots?: number;
  /** Slots at most; default: no limit but memory. */
  readonly maxTokens?: number;
}

/** What the keys and values of a text depend on beside the text; digests are SHA-256 in hex. */
export interface ModelIdentity {
  readonly modelType: string;
  readonly vocabSize: number;
  readonly maxPositionEmbeddings: number;
  /** Of the config, rotary parameters and all, and of how activations are kept. */
  readonly config: string;
  /** Of what every weight makes of a fixed input. */
  readonly weights: string;
}

/** What an engine needs of a model. */
export interface EngineModel {
  readonly backend: Backend;
  /** RoPE angles depend on the longest position of a pass: the sequences of a call then share passes with no others. */
  readonly anglesDependOnLength: boolean;
  /** Every token of a prompt may see every other: a prompt is read in one piece, and its keys are of use to no other text. */
  readonly isBidirectional: boolean;
  /** Storage of keys and values where nobody asks for one. @param slots of the longest sequence, or of all that may be kept */
  kvDTypeFor(slots: number): KvDType;
  createPool(options: PoolOptions): PagePool;
  /** Logits `[M, V]` of the tokens `inputs.outputs`, the caller's to dispose; null where there are none. */
  pass(inputs: StepInputs): Tensor | null;
  /** Hidden states `[M, C]` of these tokens, in place of their logits. */
  passStates(inputs: StepInputs): Tensor | null;
  /** Logits of hidden states, `[M, C]` → `[M, V]`. */
  project(states: Tensor): Tensor;
  identify(): Promise<ModelIdentity>;
  /** Goes on with one text, as a client of the engine. */
  submit(request: EngineRequest, engine: ClientEngine): EngineHandle;
}
