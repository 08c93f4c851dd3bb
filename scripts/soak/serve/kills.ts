import { spawn } from "node:child_process";
import { once } from "node:events";
import { prompts } from "./prompts.ts";
import { growth } from "./growth.ts";
import type { ServerProcess } from "../../../testing/serving/server-process.ts";
import { streamText } from "../../../testing/serving/stream-text.ts";

/** A client that reads one long stream, in as few words as it can, and says that its first piece came. */
const reader = `
const [url, prompt] = process.argv.slice(1);
const body = JSON.stringify({ prompt, max_tokens: 900, ignore_eos: true, stream: true });
const headers = { "content-type": "application/json" };
require("node:http").request(url + "/v1/completions", { method: "POST", headers }, (response) => {
  response.once("data", () => process.stdout.write("."));
  response.resume();
}).end(body);`;

export interface KillsSetup {
  readonly kills: number;
  /** Clients at a time. */
  readonly atOnce: number;
}

/** Clients that are killed in the middle of their streams: nothing of theirs is to stay, and others are not to notice. */
export async function kills(server: ServerProcess, { kills: total, atOnce }: KillsSetup): Promise<object> {
  const ask = (): Promise<{ readonly text: string }> =>
    streamText({ url: server.url, prompt: prompts[0] ?? "", maxTokens: 32 });
  const { text: expected } = await ask();
  const rssMiB: number[] = [];
  let wrong = 0;
  for (let done = 0; done < total; done += atOnce) {
    const clients = Array.from({ length: Math.min(atOnce, total - done) }, (_, at) =>
      killedMidStream(server.url, done + at),
    );
    const [{ text }] = await Promise.all([ask(), ...clients]);
    if (text !== expected) wrong++;
    rssMiB.push((await server.probe("collect")).rssMiB);
  }
  const leaks = await server.leaks();
  if ((await ask()).text !== expected) wrong++;
  return { kills: total, atOnce, textsOfOthersThatDiffer: wrong, leaks, rssMiB, ...growth(rssMiB) };
}

async function killedMidStream(url: string, at: number): Promise<void> {
  const argv = ["-e", reader, url, prompts[at % prompts.length] ?? ""];
  const child = spawn(process.execPath, argv, { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  await new Promise((resolve) => setTimeout(resolve, (at * 7) % 40));
  child.kill("SIGKILL");
  await once(child, "close");
}
