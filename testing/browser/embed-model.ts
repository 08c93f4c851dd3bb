import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { EmbeddedModel } from "./embedded-files.ts";

/** Reads a model's folder for a page. */
export function embedModel(folder: string): EmbeddedModel {
  const names = ["config.json", "generation_config.json"].filter((name) => existsSync(join(folder, name)));
  return {
    texts: Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), "utf8")])),
    weights: readFileSync(join(folder, "model.safetensors"), "base64"),
  };
}
