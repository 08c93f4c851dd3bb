/** A small model as JSON can carry it into a page. */
export interface EmbeddedModel {
  /** Text files by name. */
  readonly texts: Readonly<Record<string, string>>;
  /** `model.safetensors` in base64. */
  readonly weights: string;
}

/** In the page: the files of an embedded model by name, as a user's choice of files would give them. */
export function embeddedFiles({ texts, weights }: EmbeddedModel): Readonly<Record<string, Blob>> {
  return {
    ...Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, new Blob([text])])),
    "model.safetensors": new Blob([Uint8Array.from(atob(weights), (character) => character.charCodeAt(0))]),
  };
}
