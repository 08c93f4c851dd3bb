import { spawn, type ChildProcessByStdio } from "node:child_process";
import type { Readable } from "node:stream";
import { beforeAll, describe, expect, it } from "vitest";
import { bundleForNode } from "../../../testing/bundle-for-node.ts";
import { root } from "../../../testing/repository.ts";

let program = "";
beforeAll(async () => {
  program = await bundleForNode(`${root}packages/cli/src/main.ts`, "esm");
});

interface Server {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  readonly url: string;
  readonly ended: Promise<number | null>;
}

async function start(...args: string[]): Promise<Server> {
  const argv = [program, "serve", "--port", "0", "--threads", "1", "--json", "--log-level", "silent", ...args];
  const child = spawn(process.execPath, argv, { stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.once("data", (chunk: Buffer) => resolve(chunk.toString()));
    child.once("close", () => reject(new Error(errors)));
  });
  return { child, url: (JSON.parse(line) as { readonly url: string }).url, ended };
}

/** A text of some hundred tokens, as a stream; its pieces as they come. */
async function* longText(url: string, signal?: AbortSignal): AsyncGenerator<string> {
  const response = await fetch(`${url}/v1/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      prompt: "Once upon a time",
      max_tokens: 600,
      ignore_eos: true,
      temperature: 0,
      stream: true,
    }),
    ...(signal && { signal }),
  });
  if (!response.body) throw new Error("no body");
  const decoder = new TextDecoder();
  for await (const part of response.body) yield decoder.decode(part, { stream: true });
}

describe("helium serve as a process", () => {
  it.each(["SIGTERM", "SIGINT"] as const)(
    "%s: texts under way finish, new requests are sent elsewhere",
    async (signal) => {
      const { child, url, ended } = await start();
      let text = "";
      let refused: Response | null = null;
      for await (const part of longText(url)) {
        text += part;
        if (refused) continue;
        child.kill(signal);
        // The signal takes a moment.
        for (let tries = 0; tries < 200 && refused?.status !== 503; tries++) refused = await fetch(`${url}/v1/models`);
      }
      expect(refused?.status).toBe(503);
      expect(refused?.headers.get("connection")).toBe("close");
      expect(text.match(/^data: \{/gm)?.length).toBeGreaterThan(100);
      expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
      expect(await ended).toBe(0);
    },
  );

  it("a second signal ends it at once", async () => {
    const { child, url, ended } = await start();
    const read = async (): Promise<void> => {
      let isFirst = true;
      for await (const _ of longText(url)) {
        if (isFirst) child.kill("SIGTERM");
        isFirst = false;
        await new Promise((resolve) => setTimeout(resolve, 50));
        child.kill("SIGTERM");
      }
    };
    await expect(read()).rejects.toThrow();
    expect(await ended).toBe(143);
  });

  it("it does not wait for longer than --drain-timeout", async () => {
    const { child, url, ended } = await start("--drain-timeout", "0.1");
    const read = async (): Promise<void> => {
      let isFirst = true;
      for await (const _ of longText(url)) {
        if (isFirst) child.kill("SIGTERM");
        isFirst = false;
      }
    };
    await expect(read()).rejects.toThrow();
    expect(await ended).toBe(0);
  });
});
