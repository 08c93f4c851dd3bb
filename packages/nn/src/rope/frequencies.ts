import { defaultRope } from "./default.ts";
import { dynamicRope } from "./dynamic.ts";
import { RopeError } from "../errors.ts";
import { linearRope } from "./linear.ts";
import { llama3Rope } from "./llama3.ts";
import { longRope } from "./longrope.ts";
import type {
  RopeContext,
  RopeFrequencies,
  RopeParameters,
  RopeParametersByType,
  RopeScheme,
  RopeType,
} from "./parameters.ts";
import { yarnRope } from "./yarn.ts";

/** Every rotary type. */
export const ropeSchemes: { readonly [K in RopeType]: RopeScheme<RopeParametersByType[K]> } = {
  default: defaultRope,
  linear: linearRope,
  dynamic: dynamicRope,
  llama3: llama3Rope,
  yarn: yarnRope,
  longrope: longRope,
};

/** All rotary type names, in table order. */
export const ropeTypes: readonly RopeType[] = Object.keys(ropeSchemes) as RopeType[];

/** The table's entry for these parameters; throws {@link RopeError} for an unknown type. */
export function schemeOf(parameters: RopeParameters): RopeScheme<RopeParameters> {
  const type: string = parameters.ropeType;
  if (!Object.hasOwn(ropeSchemes, type)) {
    throw new RopeError("rope ropeType", `must be one of ${ropeTypes.join(", ")}, given ${JSON.stringify(type)}`, {
      given: type,
      expected: ropeTypes,
    });
  }
  return ropeSchemes[parameters.ropeType];
}

/**
 * Rotary frequencies `[rotaryDim/2]` in radians per position, and the factor on cos and sin, by the formula of
 * `parameters.ropeType`. Every step is rounded to float32. `seqLen` is the length reached so far, max(position) + 1; it
 * matters to `dynamic` and `longrope` only, and leaving it out gives the table at build time.
 *
 * @throws RopeError for an unknown type, a missing key or a value outside its domain
 */
export function ropeFrequencies(
  parameters: RopeParameters,
  context: RopeContext & { readonly seqLen?: number },
): RopeFrequencies {
  return schemeOf(parameters).frequencies(parameters, context, context.seqLen);
}
