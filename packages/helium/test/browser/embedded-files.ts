import { bytesSource, SafetensorsFile } from "@helium-lm/nn";
import type { ModelSource } from "@helium-lm/helium";

/** A small model as JSON can carry it into a page. */
export interface EmbeddedModel {
  readonly location: string;
  /** Text files by name. */
  readonly texts: Readonly<Record<string, string>>;
  /** `model.safetensors` in base64. */
  readonly weights: string;
}

/** Model files of an embedded model. */
export function embeddedFiles({ location, texts, weights }: EmbeddedModel): ModelSource {
  return {
    location,
    readBytes: async (name) => {
      const text = texts[name];
      return text === undefined ? null : new TextEncoder().encode(text);
    },
    openWeights: () => SafetensorsFile.open(bytesSource(bytesOf(weights), `${location}/model.safetensors`)),
  };
}

function bytesOf(base64: string): Uint8Array {
  const binary = atob(base64);
  return Uint8Array.from({ length: binary.length }, (_, i) => binary.charCodeAt(i));
}
