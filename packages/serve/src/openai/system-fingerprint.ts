import type { ServedModel } from "../models/served-model.ts";

const known = new WeakMap<ServedModel["config"], string>();

/** Changes with what can change a seeded text: the model's config, its storage and the backend that computes. FNV-1a, 32 bits. */
export function systemFingerprint(model: ServedModel): string {
  const found = known.get(model.config);
  if (found !== undefined) return found;
  const { id, config, engine } = model;
  let hash = 0x811c9dc5;
  for (const unit of JSON.stringify([id, engine.model.backend, config]))
    hash = Math.imul(hash ^ (unit.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  const made = `fp_${hash.toString(16).padStart(8, "0")}`;
  known.set(config, made);
  return made;
}
