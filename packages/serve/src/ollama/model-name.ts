import { invalidRequest } from "../errors.ts";
import type { ModelRegistry } from "../models/model-registry.ts";

const TAG = ":latest";

/** A model's name as Ollama's clients list it: with a tag. */
export const taggedName = (id: string): string => (id.includes(":") ? id : `${id}${TAG}`);

/** The name by which a model is served: clients add a tag where it has none. @throws ApiError for no name */
export function servedName(registry: ModelRegistry, given: string | null | undefined): string {
  if (!given) throw invalidRequest("model", "is missing; give the name of a model, as /api/tags lists them");
  return registry.has(given) || !given.endsWith(TAG) ? given : given.slice(0, -TAG.length);
}
