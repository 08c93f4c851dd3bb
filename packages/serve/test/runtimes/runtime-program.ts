/** Serves helium-nano by the runtime's own server, asks it over HTTP, and prints what came; `thread` computes in its own. */
import { ModelServer, modelEntry } from "@helium-lm/serve";

interface Runtimes {
  readonly Bun?: {
    serve(options: object): { readonly port: number; stop(force: boolean): void };
  };
  readonly Deno?: {
    serve(
      options: object,
      handler: ModelServer["fetch"],
    ): { readonly addr: { readonly port: number }; shutdown(): void };
  };
}

const [model = "", prompt = "", place] = process.argv.slice(2);
const server = new ModelServer({
  models: [modelEntry("helium-nano", model, { threads: 1, kvMemory: 2 ** 24, inThread: place === "thread" })],
});
const { Bun, Deno } = globalThis as Runtimes;
const local = { port: 0, hostname: "127.0.0.1" };
const listening = Bun
  ? Bun.serve({ ...local, fetch: server.fetch })
  : Deno?.serve({ ...local, onListen: () => undefined }, server.fetch);
if (!listening) throw new Error("is for Bun and Deno");
const url = `http://127.0.0.1:${"port" in listening ? listening.port : listening.addr.port}`;

const ask = (body: object, signal?: AbortSignal): Promise<Response> =>
  fetch(`${url}/v1/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ temperature: 0, ...body }),
    ...(signal && { signal }),
  });

const whole: unknown = await (await ask({ prompt, max_tokens: 32 })).json();
const stream = await (await ask({ prompt, max_tokens: 32, stream: true })).text();
// A client that hangs up in the middle.
const leaving = new AbortController();
const left = await ask({ prompt, max_tokens: 900, ignore_eos: true, stream: true }, leaving.signal);
const reader = left.body?.getReader();
await reader?.read();
leaving.abort();
const isAborted = async (): Promise<boolean> =>
  (await (await fetch(`${url}/metrics`)).text()).includes('finished_reason="abort"} 1');
let aborted = await isAborted();
for (let tries = 0; !aborted && tries < 100; tries++) {
  await new Promise((resolve) => setTimeout(resolve, 100));
  aborted = await isAborted();
}
const { requests } = server.state;
console.log(JSON.stringify({ whole, stream, left: { requests, places: server.admission.running, aborted } }));
server.dispose();
process.exit(0);
