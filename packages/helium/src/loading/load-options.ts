import { checkedDType, checkOptionNames, type Backend, type DTypeAlias, type OptionNames } from "@helium-lm/tensor";
import { kvDTypes, matrixDTypes, type KvDType, type MatrixDType } from "@helium-lm/nn";
import { computeDTypes, type ComputeDType } from "../model/storage-dtypes.ts";
import { ModelLoadError } from "../errors.ts";
import { checkHubOptions, hubOptionNames, type DownloadProgress, type HubOptions } from "../hub/hub-options.ts";
import { describeValue } from "../given-values.ts";

/** Bytes that came from the hub, then tensors that were loaded. */
export type LoadProgress = DownloadProgress | TensorProgress;

export interface TensorProgress {
  readonly phase: "load";
  /** Tensor that was just loaded. */
  readonly tensor: string;
  /** Tensors so far. */
  readonly loaded: number;
  readonly total: number;
}

/** How a model is loaded, and how it is fetched where it is a repository of the hub. */
export interface LoadOptions extends Omit<HubOptions, "onDownload"> {
  /**
   * A backend, which stays the caller's, or the name of one; default "auto". One that is made by its name is the model's
   * own, and is freed with it: to let several models share memory and threads, give them one backend.
   */
  readonly backend?: Backend | string;
  /** Threads of a backend that is made by its name, as for `createBackend`; default: those that the backend takes itself. */
  readonly threads?: number;
  /**
   * Code of a wasm backend that is made by its name, as for `createBackend`: "wide" is faster where V8 has 256-bit operations, and
   * sets flags of the whole process.
   */
  readonly codegen?: "auto" | "wide" | "plain";
  /**
   * Storage of the matrices; default "auto": as in the file. A block format quantises them while they are read. Other tools'
   * names are taken too: "fp16", "bfloat16", "q4" for q4_0, "q8" and "int8" for q8_0.
   */
  readonly dtype?: MatrixDType | DTypeAlias<MatrixDType>;
  /** Storage of the embedding and the head, which suffer most from few bits; default as `dtype`. */
  readonly embeddingDType?: MatrixDType | DTypeAlias<MatrixDType>;
  /** Rows that do not fill a format's blocks are an error; default: `loadReport.fallbacks` lists them. */
  readonly strictDtype?: boolean;
  /** Storage of keys and values; default: on wasm f16 for texts of up to 2,048 tokens and q8_0 beyond, elsewhere f32. */
  readonly kvDType?: KvDType | DTypeAlias<KvDType>;
  /** How activations are kept; default f32. */
  readonly computeDType?: ComputeDType | DTypeAlias<ComputeDType>;
  /** Accept a checkpoint without this head's own weights and initialise them as for training, from this seed. */
  readonly freshHead?: { readonly seed: number };
  readonly onProgress?: (progress: LoadProgress) => void;
}

const { onDownload: _, ...namesOfHub } = hubOptionNames;

const loadOptionNames: OptionNames<LoadOptions> = {
  ...namesOfHub,
  backend: true,
  threads: true,
  codegen: true,
  dtype: true,
  embeddingDType: true,
  strictDtype: true,
  kvDType: true,
  computeDType: true,
  freshHead: true,
  onProgress: true,
};

/** The options with their defaults, and the part of them that is about the hub. */
export interface ResolvedLoadOptions extends Pick<
  LoadOptions,
  "threads" | "codegen" | "strictDtype" | "freshHead" | "onProgress" | "signal"
> {
  readonly backend: Backend | string;
  readonly dtype: MatrixDType;
  readonly embeddingDType: MatrixDType;
  readonly kvDType: KvDType | null;
  readonly computeDType: ComputeDType;
  readonly hub: HubOptions;
}

/** @throws ModelLoadError for unknown options, dtypes that are none, and a backend that is still to come */
export function resolveLoadOptions(options: LoadOptions): ResolvedLoadOptions {
  checkOptionNames("fromPretrained", options, loadOptionNames, ModelLoadError);
  const { backend, threads, codegen, strictDtype, freshHead, onProgress, signal } = options;
  const hub: HubOptions = Object.fromEntries(Object.entries(options).filter(([name]) => name in hubOptionNames));
  checkHubOptions("fromPretrained", hub);
  const named = <T extends string>(name: keyof LoadOptions, otherwise: T, allowed: readonly T[]): T =>
    checkedDType({ subject: name }, options[name] ?? otherwise, allowed, ModelLoadError);
  const dtype = named<MatrixDType>("dtype", "auto", matrixDTypes);
  return {
    backend: checkedBackend(backend ?? "auto"),
    dtype,
    embeddingDType: named("embeddingDType", dtype, matrixDTypes),
    kvDType: options.kvDType ? named<KvDType>("kvDType", "f32", kvDTypes) : null,
    computeDType: named<ComputeDType>("computeDType", "f32", computeDTypes),
    hub: { ...hub, ...(onProgress && { onDownload: onProgress }) },
    ...(threads !== undefined && { threads }),
    ...(codegen !== undefined && { codegen }),
    ...(strictDtype && { strictDtype }),
    ...(freshHead && { freshHead }),
    ...(onProgress && { onProgress }),
    ...(signal && { signal }),
  };
}

function checkedBackend(given: Backend | string): Backend | string {
  if (typeof given === "string") return given;
  if (typeof (given as Partial<Backend> | null)?.alloc === "function") return given;
  const problem =
    given instanceof Promise
      ? "is a promise; await createBackend(…)"
      : `is ${describeValue(given)}; expected a name or a backend of createBackend`;
  throw new ModelLoadError("backend", problem, { given });
}
