import { parseHubId, type HubOptions } from "@helium-lm/helium/hub";
import { hubSource, type ModelSource } from "@helium-lm/helium/sources";
import { repo, useFakeHub, type FakeHubTest } from "../../../../testing/hub/use-fake-hub.ts";

/** A hub and an empty cache for each test, and how the library loads from there. */
export interface HubTest extends Omit<FakeHubTest, "options"> {
  readonly options: (more?: HubOptions) => HubOptions;
  readonly files: (id?: string, more?: HubOptions) => Promise<ModelSource>;
}

export function useHub(): HubTest {
  const test = useFakeHub();
  const options = (more?: HubOptions): HubOptions => test.options(more);
  return {
    get hub() {
      return test.hub;
    },
    get cacheDir() {
      return test.cacheDir;
    },
    get folder() {
      return test.folder;
    },
    tree: test.tree,
    options,
    files: (id = repo, more = {}) => hubSource(parseHubId(id)!, options(more)),
  };
}
