import { expect, it } from "vitest";
import { repo } from "../../../../testing/hub/use-fake-hub.ts";
import { useHub } from "../../test/hub/use-hub.ts";
import { parseHubId } from "./hub-id.ts";
import { openHubRepo } from "./open-repo.ts";

const test = useHub();

// Who waits for a turn that is never given on waits for ever.
it("fetches more files than may be on their way at a time, and no more than those at a time", async () => {
  const paths = Array.from({ length: 9 }, (_, i) => `part-${i}.txt`);
  test.hub.push(repo, Object.fromEntries(paths.map((path) => [path, path])));
  let [active, most] = [0, 0];
  test.hub.faults = [
    ({ path }, response) => {
      if (!path.includes("/resolve/")) return false;
      most = Math.max(most, ++active);
      response.on("finish", () => active--);
      return false;
    },
  ];
  const opened = await openHubRepo(parseHubId(repo)!, test.options());
  await opened.needAll(paths);
  expect([...(await opened.cached())].sort()).toEqual(paths);
  expect(most).toBeLessThanOrEqual(4);
});
