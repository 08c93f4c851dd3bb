import { execFile } from "node:child_process";
import { expect, test } from "vitest";
import { root } from "../../../testing/repository.ts";
import { chatModel, colon } from "./chat/chat-model.ts";
import { openServer } from "./open-server.ts";

interface Report {
  readonly results: readonly { readonly id: string; readonly status: string; readonly summary: string }[];
}

/** The report of the command, which ends with 1 where a probe fails. */
const scan = (baseUrl: string, model: string): Promise<Report> =>
  new Promise((resolve, reject) => {
    const command = `${root}node_modules/compatcanary/src/cli.js`;
    const options = ["scan", "--base-url", baseUrl, "--model", model, "--format", "json"];
    execFile(process.execPath, [command, ...options], (_, stdout, stderr) => {
      try {
        resolve(JSON.parse(stdout) as Report);
      } catch (cause) {
        reject(new Error(`no report: ${stderr}`, { cause }));
      }
    });
  });

test("all of compatcanary's probes pass", async () => {
  await using opened = await openServer({ models: [chatModel({ eosTokenId: [2, colon] })] });
  const { results } = await scan(opened.baseUrl, "helium-chat");
  const probes = ["models.list", "chat.basic", "chat.streaming", "chat.tool_call", "chat.structured_output"];
  const ids = [...probes, "responses.basic", "responses.streaming"];
  expect(results).toMatchObject(ids.map((id) => ({ id, status: "pass" })));
});
