export { activationNames, isActivationName } from "./activation-names.ts";
export { ConfigError, type ConfigProblem } from "./config-error.ts";
export { DecoderConfig, DecoderConfig as HeliumConfig, type DecoderConfigInit } from "./decoder-config.ts";
export type * from "./family.ts";
export type { ConfigDType, ConfigFields, FieldKind, LayerType } from "./fields.ts";
export { generationKeys } from "./generation-keys.ts";
export type { JsonObject, JsonValue } from "./json-value.ts";
export type * from "./knobs.ts";
export type { ConfigRopeParameters } from "./rope-parameters.ts";
