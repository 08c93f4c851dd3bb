import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PeerMissing } from "../peers/player.ts";

/** A file of jsonschemabench (guidance-ai/jsonschemabench, its folder `data`): a schema with instances. */
export interface SchemaFile {
  readonly schema: unknown;
  readonly tests: readonly { readonly valid: boolean; readonly data: unknown }[];
}

const variable = "HELIUM_LM_JSONSCHEMABENCH";

/** The folder of the schemas. @throws PeerMissing where none is named */
export function schemaFolder(): string {
  const folder = process.env[variable];
  if (folder !== undefined) return folder;
  throw new PeerMissing(
    "jsonschemabench",
    `is not there; fetch guidance-ai/jsonschemabench and name its data folder in ${variable}`,
  );
}

/** Names of all files, in order. */
export const schemaNames = (folder: string): string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .sort();

export const readSchemaFile = (folder: string, name: string): SchemaFile =>
  JSON.parse(readFileSync(join(folder, name), "utf8")) as SchemaFile;

/** JSON as Python's `json.dumps(value, ensure_ascii=False)` writes it, which is how the benchmark's authors cut instances into tokens. */
export function spacedJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spacedJson).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}: ${spacedJson(member)}`);
  return `{${members.join(", ")}}`;
}
