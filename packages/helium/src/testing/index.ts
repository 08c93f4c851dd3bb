export type { JsonObject, JsonValue } from "../config/index.ts";
export { checkpointTensors, type CheckpointTensor } from "./checkpoint-tensors.ts";
export type { CheckName } from "./family-checks/index.ts";
export { describeFamily } from "./describe-family.ts";
export { FamilyError } from "../errors.ts";
export type { FamilyOptions, FamilySkip } from "./options.ts";
export { randomCheckpoint, type RandomCheckpointOptions } from "./random-checkpoint.ts";
export { runFamily, type FamilyOutcome } from "./run-family.ts";
export { tinyConfigs, type TinyConfigOptions } from "./tiny-config.ts";
