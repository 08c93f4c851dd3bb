export * from "./ops/index.ts";
export { tensor, fromStored, fromStoredParts, Tensor, type NestedNumbers, type TensorOptions } from "./tensor.ts";
export { PART_ROWS } from "./write-parts.ts";
export { QuantMatrix, storesQuant } from "./quant-matrix.ts";
export { RecordedWork, type CheckOptions } from "./recorded-work.ts";
export type { StorageView, ViewDescription } from "./storage-view.ts";
export { keep, scope, Scope, type Releasable } from "./scope.ts";
export { backendNames, createBackend, registerBackend, type BackendFactory } from "./backends.ts";
export type { Backend, Staging, Capabilities, MemoryInfo, Recorder, Recording, Rehearsal } from "./contract/backend.ts";
export type { Operand, QuantFormatName, QuantOperand, StorageHandle, StorageSpec } from "./contract/operand.ts";
export {
  kernelPath,
  type Accepts,
  type Condition,
  type KernelEntries,
  type KernelEntry,
  type KernelTable,
} from "./contract/kernel-table.ts";
export { configureDispatch, type DispatchOptions, type Path, type TraceEvent } from "./trace.ts";
export type {
  ActivationName,
  AttentionParams,
  BinaryOp,
  CompareOp,
  CoreKernels,
  CoreOp,
  FusedKernels,
  FusedOp,
  Kernel,
  NormWeightMode,
  OpName,
  OpSignatures,
  ReduceOp,
  RopePairing,
  UnaryOp,
} from "./contract/kernels.ts";
export { checkOptionNames, unknownOption, type OptionNames } from "./option-names.ts";
export { nearestName } from "./nearest-name.ts";
export {
  checkedDType,
  dtypeAliases,
  dtypeNamed,
  type DTypeAlias,
  type DTypeLike,
  type DTypeOption,
} from "./dtypes/dtype-names.ts";
export { dtypeNames, dtypes, isDType, isFloat, type DType, type DTypeInfo, type TypedArray } from "./dtypes/dtype.ts";
export { Rng } from "./rng.ts";
export { decodeBf16, decodeF16, encodeBf16, encodeF16 } from "./dtypes/half.ts";
export { formatShape, isContiguous, sizeOf, type Axes, type Layout } from "./layout.ts";
export {
  ArgumentError,
  BackendError,
  DisposedError,
  DTypeError,
  HeliumLmError,
  NodeOnlyError,
  ShapeError,
  TensorError,
  WorkersRefusedError,
} from "./errors.ts";
export { isNode, nodeModule } from "./workers/node-module.ts";
export type { Storage } from "./storage.ts";
export { setWorkerFactory, type WorkerFactory } from "./workers/worker-factory.ts";
export { startWorker, type WorkerHandle, type WorkerStart } from "./workers/start-worker.ts";
