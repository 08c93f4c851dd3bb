import { HeliumLmError } from "@helium-lm/tensor";

/** Inputs a model cannot take: token ids out of range, ragged rows, two inputs where one is expected. */
export class InputError extends HeliumLmError {}

/** A model that cannot be loaded: a missing folder or file, an unknown architecture, weights that do not fit. */
export class ModelLoadError extends HeliumLmError {}
