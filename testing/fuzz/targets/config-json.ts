import { readdirSync } from "node:fs";
import { DecoderConfig } from "@helium-lm/helium";
import { fixturePath } from "../../fixtures.ts";
import { jsonInputs, jsonOf, textOf, type FuzzTarget } from "./target.ts";

export function configTarget(): FuzzTarget {
  const folder = fixturePath("models/");
  const documents = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith("config.json") && !path.endsWith("generation_config.json"))
    .sort()
    .map((path) => jsonOf(folder + path));
  return {
    ...jsonInputs(documents),
    read: (input) => {
      const config = DecoderConfig.fromJSON(textOf(input));
      void config.traits;
      DecoderConfig.fromJSON(config.toJSON());
    },
  };
}
