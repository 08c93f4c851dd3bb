import { folderSource, type ModelSource } from "@helium-lm/helium";
import { fixturePath } from "../../../../testing/fixtures.ts";
import { withConfigKeys } from "./with-config.ts";

/** A tiny checkpoint of the fixtures, with some keys of its config.json replaced. */
export async function fixtureWith(family: string, config: Readonly<Record<string, unknown>>): Promise<ModelSource> {
  return withConfigKeys(await folderSource(fixturePath(`models/${family}/causal`)), config);
}
