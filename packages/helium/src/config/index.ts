export { activationNames, isActivationName } from "./check-field.ts";
export { ConfigError, type ConfigProblem } from "../errors.ts";
export { DecoderConfig, DecoderConfig as HeliumConfig, type DecoderConfigInit } from "./decoder-config.ts";
export type * from "./family.ts";
export type { ConfigDType, ConfigFields, FieldKind, LayerType } from "./fields.ts";
export { generationKeys } from "../generation/options/config-keys.ts";
export type { JsonObject, JsonValue } from "./json-value.ts";
export type * from "./traits.ts";
export type { ConfigRopeParameters } from "./rope-parameters.ts";
