import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import OpenAI from "openai";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { NginxProcess, nginxProgram } from "../../testing/serving/nginx-process.ts";

// The recipe in a real nginx, before replicas that do what a test says.
type Answer = (request: IncomingMessage, response: ServerResponse) => void;

interface Replica {
  readonly server: Server;
  readonly port: number;
  answer: Answer;
  /** Paths that it was asked for. */
  asked: string[];
}

const missing = nginxProgram() === null;
if (missing) {
  if (process.env["CI"]) throw new Error("nginx is missing; .ci/run installs it");
  console.warn("nginx is missing: the recipe of nginx is not tested");
}

const named =
  (at: number): Answer =>
  (_, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ replica: at }));
  };

async function startReplica(at: number): Promise<Replica> {
  const replica = { answer: named(at), asked: [] as string[] };
  const server = createServer((request, response) => {
    replica.asked.push(request.url ?? "");
    request.resume().on("end", () => replica.answer(request, response));
  });
  // As `helium serve` has it: an idle connection is nginx's to close.
  server.keepAliveTimeout = 75_000;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return Object.assign(replica, { server, port: (server.address() as AddressInfo).port });
}

describe.skipIf(missing)("nginx", () => {
  let replicas: readonly Replica[];
  let nginx: NginxProcess;

  beforeAll(async () => {
    replicas = await Promise.all([0, 1, 2].map(startReplica));
    // A replica that failed is asked again at once, so that tests do not wait for each other.
    const changes = [["max_fails=1 fail_timeout=2s", "max_fails=0"]] as const;
    nginx = await NginxProcess.start({ ports: replicas.map(({ port }) => port), changes });
  });
  afterAll(async () => {
    await nginx.stop();
    for (const { server } of replicas) server.close().closeAllConnections();
  });
  beforeEach(() => {
    replicas.forEach((replica, at) => {
      replica.answer = named(at);
      replica.asked = [];
    });
  });

  const post = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(nginx.url + path, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  /** Which replica a request came to. */
  const replicaOf = async (...args: Parameters<typeof post>): Promise<number> =>
    ((await (await post(...args)).json()) as { readonly replica: number }).replica;

  const user = (content: unknown): object => ({ role: "user", content });
  const system = { role: "system", content: 'Say "messages": [ {"role": "user"} ] \\ and } no more.' };

  /** How many of sixty conversations came to each replica, once each of them came to one only in all its turns. */
  async function spread(turns: (conversation: number) => readonly Parameters<typeof post>[]): Promise<number[]> {
    const counts = [0, 0, 0];
    for (let conversation = 0; conversation < 60; conversation++) {
      const came = new Set<number>();
      for (const turn of turns(conversation)) came.add(await replicaOf(...turn));
      expect([...came]).toHaveLength(1);
      counts[[...came][0]!]!++;
    }
    return counts;
  }
  const expectSpread = (counts: readonly number[]): void => {
    expect(Math.min(...counts)).toBeGreaterThan(2);
  };

  it("sends the turns of a conversation to one replica by its start, whatever the client, and conversations to all", async () => {
    const parts = (text: string): object[] => [{ type: "text", text: `${text} {"role":"user"}` }];
    const turnsOf = (first: object): object[][] => {
      const later = [first, { role: "assistant", content: "So." }, user("More!")];
      return [[first], later, [...later, { role: "assistant", tool_calls: [{ id: "a" }] }, user("Again.")]];
    };
    const chats = (path: string, first: (at: number) => object, before: object[], rest: object) =>
      spread((at) =>
        turnsOf(first(at)).map((messages) => [path, { model: "m", ...rest, messages: [...before, ...messages] }]),
      );
    expectSpread(await chats("/v1/chat/completions", (at) => user(`${at}?`), [], { stop: ["messages", "{"] }));
    expectSpread(await chats("/v1/chat/completions", (at) => user(`${at}?`), [system, system], { tools: [{ a: {} }] }));
    expectSpread(await chats("/v1/messages", (at) => user(parts(`${at}?`)), [], { system: "{[", max_tokens: 8 }));
    expectSpread(await chats("/api/chat", (at) => ({ content: `${at} "role":"user" }`, role: "user" }), [system], {}));
    expectSpread(
      await spread((at) =>
        turnsOf(user(`${at}?`)).map((input) => ["/v1/responses", { model: "m", instructions: '"', input }]),
      ),
    );
    // Texts and tokens that go on, from 256 bytes on.
    const start = (at: number): string => `${at} `.repeat(128);
    for (const rest of ["", " and so on", ' and "so" on'])
      expect(await replicaOf("/v1/completions", { prompt: start(7) + rest })).toBe(
        await replicaOf("/v1/completions", { prompt: start(7) }),
      );
    expectSpread(await spread((at) => [["/v1/completions", { prompt: start(at) }]]));
    expectSpread(await spread((at) => [["/v1/completions", { prompt: [at, 5, 6, 7] }]]));
  });

  it("takes a header before prompt_cache_key, and that before the start", async () => {
    const body = (at: number, key?: string): object => ({
      ...(key !== undefined && { prompt_cache_key: key }),
      messages: [user(`${at}`)],
    });
    const range = [0, 1, 2, 3, 4];
    expectSpread(
      await spread((conversation) => range.map((turn) => ["/v1/chat/completions", body(turn, `c${conversation}`)])),
    );
    for (const header of ["x-conversation-id", "x-session-id"])
      expectSpread(
        await spread((conversation) =>
          range.map((turn) => ["/v1/chat/completions", body(turn, `${turn}`), { [header]: `c${conversation}` }]),
        ),
      );
    // Two keys of the server never share what is stored, so that they need not share a replica.
    expectSpread(await spread((at) => [["/v1/chat/completions", body(0), { authorization: `Bearer key-${at}` }]]));
    expectSpread(await spread((at) => [["/v1/messages", body(0), { "x-api-key": `key-${at}` }]]));
  });

  it("sends what has no conversation wherever there is room, and nothing at all to what each replica keeps", async () => {
    const counts = [0, 0, 0];
    for (let at = 0; at < 12; at++) counts[await replicaOf("/v1/embeddings", { input: "the same" })]!++;
    expect(counts).toEqual([4, 4, 4]);
    for (const path of ["/metrics", "/slots", "/v1/files", "/v1/batches/b-1"]) {
      const response = await fetch(nginx.url + path);
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ error: { code: "not_balanced" } });
    }
  });

  it("a body in pieces, one that is no JSON and one that is too long for the maps have a replica too", async () => {
    const { signal } = new AbortController();
    const pieces = async function* (): AsyncGenerator<Uint8Array> {
      for (const piece of ['{"messages":[{"role":"us', 'er","content":"0?"}', "]}"])
        yield new TextEncoder().encode(piece);
    };
    const init = { method: "POST", headers: { "content-type": "application/json" }, duplex: "half", signal };
    const sent = await fetch(`${nginx.url}/v1/chat/completions`, { ...init, body: pieces() } as unknown as RequestInit);
    expect(((await sent.json()) as { readonly replica: number }).replica).toBe(
      await replicaOf("/v1/chat/completions", { messages: [user("0?")] }),
    );
    const one = await replicaOf("/v1/chat/completions", "no JSON");
    expect(await replicaOf("/v1/chat/completions", { messages: [user("long ".repeat(500_000))] })).toBe(one);
    expect(await replicaOf("/v1/chat/completions", `{"messages":[{"role":"user","content":"cut`)).toBe(one);
  });

  it("hostile bodies cost nginx neither time nor memory", async () => {
    const filled = (text: string): string => text.repeat(Math.floor(2 ** 20 / text.length));
    const bodies = [
      filled("{"),
      `{"messages":[${filled("{")}`,
      `{"messages":[${filled('{"a":')}`,
      filled('{"messages":['),
      `{${filled('"messages":[{"role":"assistant"},')}`,
      `{"messages":[{"role":"system","content":"${filled("\\n")}"},{"role":"user","content":"${filled('\\"')}"}]}`,
      `{"messages":[${filled('{"role":"system","content":""},')}`,
      filled('"prompt_cache_key":'),
    ];
    const took = async (body: string): Promise<number> => {
      const started = performance.now();
      expect((await post("/v1/chat/completions", body)).status).toBe(200);
      return performance.now() - started;
    };
    for (const body of bodies) {
      // A millisecond to read it, some tens to look at it; minutes, each time, where an expression goes wrong.
      let fastest = await took(body);
      for (let tries = 1; fastest >= 5000 && tries < 3; tries++) fastest = Math.min(fastest, await took(body));
      expect(fastest).toBeLessThan(5000);
    }
    expect(nginx.errors()).not.toContain("exited on signal");
  });

  /** The replica of one conversation, and what to ask. */
  async function chosen(): Promise<{ readonly first: Replica; readonly ask: (id?: string) => Promise<Response> }> {
    const ask = (id = "a"): Promise<Response> =>
      post("/v1/chat/completions", { messages: [user("who?")] }, { "x-request-id": id });
    const { replica } = (await (await ask()).json()) as { readonly replica: number };
    for (const each of replicas) each.asked = [];
    return { first: replicas[replica]!, ask };
  }
  const asked = (): number => replicas.reduce((sum, replica) => sum + replica.asked.length, 0);

  it("asks one other replica where the first ends, or dies before it answers", async () => {
    const { first, ask } = await chosen();
    const fails: Answer[] = [
      (_, response) => void response.writeHead(503, { "retry-after": "1" }).end("{}"),
      (request) => void request.socket.destroy(),
    ];
    for (const [at, answer] of fails.entries()) {
      first.answer = answer;
      for (const each of replicas) each.asked = [];
      expect((await ask(`fails-${at}`)).status).toBe(200);
      expect(asked()).toBe(2);
    }
    expect(await nginx.lineOf("fails-1")).toMatchObject({ status: 200, statuses: ["502", "200"] });
  });

  it("asks no more than two, and then says what is wrong in the client's words", async () => {
    // A kept connection that turns out to be closed does not count, so that there are none here.
    const close =
      (answer: Answer): Answer =>
      (request, response) => {
        response.shouldKeepAlive = false;
        answer(request, response);
      };
    for (const [at, replica] of replicas.entries()) replica.answer = close(named(at));
    for (let time = 0; time < 24; time++) await post("/v1/chat/completions", { messages: [user(`${time}`)] });
    const { ask } = await chosen();
    for (const replica of replicas) replica.answer = (request) => void request.socket.destroy();
    const response = await ask();
    expect(asked()).toBe(2);
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("2");
    expect(response.headers.get("x-request-id")).toBe("a");
    expect(await response.json()).toMatchObject({ error: { code: "no_replica", param: null } });
    const client = new OpenAI({ apiKey: "none", baseURL: `${nginx.url}/v1`, maxRetries: 0 });
    const create = client.chat.completions.create({ model: "m", messages: [{ role: "user", content: "who?" }] });
    await expect(create).rejects.toThrow("503 replicas: none answered; try again in a moment");
    const large = await post("/v1/chat/completions", " ".repeat(17 * 2 ** 20));
    expect(large.status).toBe(413);
    expect(await large.json()).toMatchObject({ error: { code: "body_too_large" } });
  });

  it("never sends again what has begun to be answered, and passes on each piece as it comes", async () => {
    const { first, ask } = await chosen();
    let leave = (): void => undefined;
    first.answer = (request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" }).write("data: 1\n\n");
      leave = () => void request.socket.destroy();
    };
    const response = await ask();
    const reader = response.body!.getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toBe("data: 1\n\n");
    leave();
    await expect(reader.read()).rejects.toThrow();
    expect(asked()).toBe(1);
  });

  it("passes 429, 408, 400 and 500 to the client as they are", async () => {
    const { first, ask } = await chosen();
    for (const status of [429, 408, 400, 500]) {
      first.answer = (_, response) => void response.writeHead(status, { "retry-after": "7" }).end("{}");
      for (const each of replicas) each.asked = [];
      const response = await ask();
      expect(response.status).toBe(status);
      expect(response.headers.get("retry-after")).toBe("7");
      expect(asked()).toBe(1);
    }
  });

  it("gives up a request whose client has gone", async () => {
    const { first } = await chosen();
    let tellGone = (): void => undefined;
    const gone = new Promise<void>((resolve) => (tellGone = resolve));
    const came = new Promise<void>((resolve) => {
      first.answer = (_, response) => {
        response.on("close", tellGone);
        resolve();
      };
    });
    const leaving = new AbortController();
    const asking = fetch(`${nginx.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ messages: [user("who?")] }),
      signal: leaving.signal,
    });
    await came;
    leaving.abort();
    await expect(asking).rejects.toThrow();
    await gone;
  });
});
