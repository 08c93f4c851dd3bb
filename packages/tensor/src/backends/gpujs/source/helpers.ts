import { activationHelpers } from "./activation-helpers.ts";
import { exponentialHelpers } from "./exponential-helpers.ts";
import { halfHelpers } from "./half-helpers.ts";
import { integerHelpers } from "./integer-helpers.ts";
import { powerHelpers } from "./power-helpers.ts";
import { scaleHelpers } from "./scale-helpers.ts";
import { trigonometricHelpers } from "./trigonometric-helpers.ts";

/** Every function that kernels may call. */
export const helpers = {
  ...integerHelpers,
  ...scaleHelpers,
  ...halfHelpers,
  ...exponentialHelpers,
  ...trigonometricHelpers,
  ...powerHelpers,
  ...activationHelpers,
};

export type HelperName = keyof typeof helpers;
