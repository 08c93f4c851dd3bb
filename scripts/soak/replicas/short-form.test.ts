import { describe, expect, it } from "vitest";
import { nginxProgram } from "../../../testing/serving/nginx-process.ts";
import { alone, replicas } from "./replicas.ts";

// `npm run soak -- replicas` in short: three replicas behind nginx, one of which is killed and started anew.
const missing = nginxProgram() === null;
if (missing) {
  if (process.env["CI"]) throw new Error("nginx is missing; .ci/run installs it");
  console.warn("nginx is missing: replicas are not tested");
}

describe.skipIf(missing)("replicas behind nginx", () => {
  it("find what conversations left, and lose no more than a killed one was computing", async () => {
    const maxTokens = 6;
    const { turns } = await alone(maxTokens);
    const report = await replicas({ maxTokens, key: "start", kills: 1 }, turns);
    expect(report).toMatchObject({ conversations: 16, turns: 160, exitCodes: [0, 0, 0], wrong: 0, doubled: 0 });
    // A replica may be killed after the last piece of a stream and before it writes of it.
    expect(report.unknown).toBe(report.unknownOfKilled);
    expect(report.starts).toMatchObject({ missed: 0, strayed: 0 });
    // A conversation leaves a replica that is away and comes back to it, each of which costs one turn of nine what was known.
    expect(report.starts.kept).toBeGreaterThan(16 * 6);
    const [{ running } = { running: 0 }] = report.kills;
    expect(running).toBeGreaterThan(0);
    // A stream that broke off says so; what had not begun was answered by another replica, or is told in OpenAI's form.
    for (const error of Object.keys(report.errors))
      expect(error).toMatch(/^(TypeError: terminated|APIConnectionError|.*503 replicas)/);
  });
});
