import type { DecoderConfig } from "../../config/index.ts";
import { ModelLoadError } from "../../errors.ts";
import { describeValue } from "../../given-values.ts";
import { resolveArchitecture } from "../../heads/architectures.ts";
import { headNames, type HeadName } from "../../heads/index.ts";

/**
 * The head that a model is loaded with: the one that is asked for, else the one that config.json names in `architectures`,
 * else the one that generates.
 *
 * @throws ModelLoadError for a name that is none
 */
export function checkpointHead({ architectures }: DecoderConfig, asked: HeadName | undefined): HeadName {
  if (asked !== undefined && !headNames.includes(asked))
    throw new ModelLoadError("head", `is ${describeValue(asked)}; expected ${headNames.join(", ")}`, { given: asked });
  const named = (architectures ?? []).map((name) => resolveArchitecture(name)?.head);
  return asked ?? named.find((head) => head !== undefined) ?? "causal-lm";
}
