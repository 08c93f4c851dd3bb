import { describe, expect, it } from "vitest";
import { lacksRedis, needsRedis } from "../../../testing/redis/redis-server.ts";
import { killInTurn } from "./kill-in-turn.ts";

// `npm run soak -- batch-redis` in short: one kill of each kind.
describe.skipIf(lacksRedis)(`lines of a batch, whose workers, submitter and Redis are killed (${needsRedis})`, () => {
  it("are each answered once, in the order of the file, and as one process alone answers them", async () => {
    const report = await killInTurn({
      ...{ lines: 60, maxTokens: 200, workers: 2, concurrency: 1 },
      ...{ every: 4, lockSeconds: 2, awayMs: 500 },
    });
    expect(report).toMatchObject({ answered: 60, lost: 0, doubled: 0, misplaced: 0, wrong: 0, refusals: 2 });
    for (const count of [...Object.values(report.kills), report.fullDisk.ended]) expect(count).toBeGreaterThan(0);
    expect(report.exitCodes).toEqual([0, 0, 0]);
    expect(report.fullDisk.said).toMatch(/^…\/out\.jsonl\.journal: cannot be written \(EFBIG/);
    expect(report.found).toBeGreaterThan(0);
    expect(report.said).toHaveProperty(["the connection to redis://#:# is lost; trying again until it is back"]);
  });
});
