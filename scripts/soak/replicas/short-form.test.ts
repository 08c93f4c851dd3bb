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
    const { texts } = await alone(maxTokens);
    // The one in between has half of the conversations at most, however they fell.
    const report = await replicas({ maxTokens, key: "start", kills: 1, victim: "middle" }, texts);
    expect(report).toMatchObject({ conversations: 16, turns: 160, exitCodes: [0, 0, 0] });
    expect(report).toMatchObject({ wrong: 0, unknown: 0, doubled: 0 });
    expect(report.hits.ofPages).toBeGreaterThanOrEqual(0.8);
    const [{ running, replica } = { running: 0, replica: 0 }] = report.kills;
    expect(running).toBeGreaterThan(0);
    // It came back, and was asked again.
    expect(report.answeredBy[replica]).toBeGreaterThan(0);
    // A stream that broke off says so; what had not begun was answered by another replica, or is told in OpenAI's form.
    for (const error of Object.keys(report.errors))
      expect(error).toMatch(/^(TypeError: terminated|APIConnectionError|.*503 replicas)/);
  });
});
