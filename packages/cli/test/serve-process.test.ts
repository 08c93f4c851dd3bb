import { spawn, type ChildProcessByStdio } from "node:child_process";
import type { Readable } from "node:stream";
import { beforeAll, describe, expect, it } from "vitest";
import { bundleForNode } from "../../../testing/bundle-for-node.ts";
import { fixtureFiles } from "../../../testing/hub/files.ts";
import { keepBack } from "../../../testing/hub/keep-back.ts";
import { repo, useFakeHub } from "../../../testing/hub/use-fake-hub.ts";
import { sendingItself, type OwnSignal } from "../../../testing/own-signal/own-signal.ts";
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

interface Setup {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly ownSignal?: OwnSignal;
}

async function start({ args = [], env = {}, ownSignal }: Setup = {}): Promise<Server> {
  const how = ["--port", "0", "--threads", "1", "--json", "--log-level", "silent"];
  const argv = [...(ownSignal ? sendingItself(ownSignal) : []), program, "serve", ...how, ...args];
  const child = spawn(process.execPath, argv, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.once("data", (chunk: Buffer) => resolve(chunk.toString()));
    child.once("close", () => reject(new Error(errors)));
  });
  return { child, url: (JSON.parse(line) as { readonly url: string }).url, ended };
}

/** A text as the server streams it. */
async function streamed(url: string, request: object): Promise<string> {
  const response = await fetch(`${url}/v1/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ignore_eos: true, temperature: 0, stream: true, ...request }),
  });
  return response.text();
}

const long = { prompt: "Once upon a time", max_tokens: 600 };

/** Whoever asks may be slow, on a busy machine. */
const patient = ["--drain-timeout", "300"];

/** Some parts of a long text: the signal comes while it is written, however slow its reader is. */
const begun = 2000;

describe("helium serve as a process", () => {
  it.each(["SIGTERM", "SIGINT"] as const)("%s: texts under way finish", async (signal) => {
    const { url, ended } = await start({ args: patient, ownSignal: { signal, to: "response", bytes: begun } });
    const text = await streamed(url, long);
    expect(text.match(/^data: \{/gm)?.length).toBeGreaterThan(100);
    expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
    expect(await ended).toBe(0);
  });

  it("a second signal ends it at once", async () => {
    const ownSignal = { signal: "SIGTERM", to: "response", bytes: begun, isTwice: true } as const;
    const { url, ended } = await start({ ownSignal });
    await expect(streamed(url, long)).rejects.toThrow();
    expect(await ended).toBe(143);
  });

  it("it does not wait for longer than --drain-timeout", async () => {
    const ownSignal = { signal: "SIGTERM", to: "response", bytes: begun } as const;
    const { url, ended } = await start({ ownSignal, args: ["--drain-timeout", "0.01"] });
    await expect(streamed(url, long)).rejects.toThrow();
    expect(await ended).toBe(0);
  });

  describe("while it waits for a model that a request has asked for", () => {
    const test = useFakeHub();

    it.each(["SIGTERM", "SIGINT"] as const)("%s: new requests are sent elsewhere", async (signal) => {
      test.hub.push(repo, fixtureFiles("helium-sharded/causal"));
      const kept = keepBack();
      test.hub.faults.push(kept.fault);
      const { child, url, ended } = await start({
        args: ["helium-nano", repo, ...patient],
        env: { HF_ENDPOINT: test.hub.endpoint, HF_HUB_CACHE: test.cacheDir, HF_TOKEN: "hf_x" },
      });
      const text = streamed(url, { model: repo, prompt: [5, 6, 7], max_tokens: 5 });
      await expect.poll(kept.isAsked).toBe(true);
      child.kill(signal);
      const status = async (): Promise<number> => (await fetch(`${url}/v1/models`)).status;
      await expect.poll(status).toBe(503);
      expect((await fetch(`${url}/v1/models`)).headers.get("connection")).toBe("close");
      kept.letGo();
      expect(await text).toMatch(/^data: \{.*data: \[DONE\]\n\n$/s);
      expect(await ended).toBe(0);
    });
  });
});
