import { bytesSource, SafetensorsFile } from "@helium-lm/nn";
import type { ModelFiles } from "@helium-lm/helium";

/** A small model as JSON can carry it into a page. */
export interface EmbeddedModel {
  readonly location: string;
  /** Text files by name. */
  readonly texts: Readonly<Record<string, string>>;
  /** `model.safetensors` in base64. */
  readonly weights: string;
}

/** Model files of an embedded model. */
export function embeddedFiles({ location, texts, weights }: EmbeddedModel): ModelFiles {
  return {
    location,
    readText: async (name) => texts[name] ?? null,
    openWeights: () => SafetensorsFile.open(bytesSource(bytesOf(weights), `${location}/model.safetensors`)),
  };
}

function bytesOf(base64: string): Uint8Array {
  const binary = atob(base64);
  return Uint8Array.from({ length: binary.length }, (_, i) => binary.charCodeAt(i));
}
