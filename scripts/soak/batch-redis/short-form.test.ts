import { describe, expect, it } from "vitest";
import { lacksRedis, needsRedis } from "../../../testing/redis/redis-server.ts";
import { answeredAlone, killInTurn, turns, type KillTurn } from "./kill-in-turn.ts";

const lost = "the connection to redis://#:# is lost; trying again until it is back";

// `npm run soak -- batch-redis` in short: each turn once.
describe.skipIf(lacksRedis)(`lines of a batch, whose workers, submitter and Redis are killed (${needsRedis})`, () => {
  it("are each answered once, in the order of the file, and as one process alone answers them", async () => {
    const size = { lines: 60, maxTokens: 200 };
    const expected = await answeredAlone(size);
    const left = new Set<KillTurn>(turns);
    // Workers do not wait for us: on a busy machine they may be done with all lines before it is every one's turn. Then the
    // rest have theirs with the file anew, for which there is more time than other tests have.
    for (let first: KillTurn | undefined = turns[0]; first !== undefined; [first] = left) {
      const report = await killInTurn({
        ...{ ...size, expected, workers: 2, concurrency: 1, first },
        ...{ every: 4, lockSeconds: 2, awayMs: 500 },
      });
      expect(report).toMatchObject({ answered: 60, lost: 0, doubled: 0, misplaced: 0, wrong: 0, refusals: 2 });
      expect(report.exitCodes).toEqual([0, 0, 0]);
      const { done } = report;
      if (done["fill the disk"] > 0)
        expect(report.fullDisk).toMatch(/^…\/out\.jsonl\.journal: cannot be written \(EFBIG/);
      if (done["kill the submitter"] + done["fill the disk"] > 0) expect(report.found).not.toBe(0);
      if (done["kill Redis"] > 0) expect(report.said).toHaveProperty([lost]);
      for (const turn of turns) if (done[turn] > 0) left.delete(turn);
    }
  }, 900_000);
});
