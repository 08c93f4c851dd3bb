import { createServer, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NginxProcess, nginxProgram } from "../../testing/serving/nginx-process.ts";

// The expression by which nginx finds the start of a conversation, beside what is known of how the body was made.
describe.skipIf(nginxProgram() === null)("the start of a conversation", () => {
  let replica: Server;
  let nginx: NginxProcess;
  let sent = 0;
  beforeAll(async () => {
    replica = createServer((request, response) => void request.resume().on("end", () => response.end("{}")));
    // As `helium serve` has it: an idle connection is nginx's to close.
    replica.keepAliveTimeout = 75_000;
    replica.listen(0, "127.0.0.1");
    await once(replica, "listening");
    const { port } = replica.address() as AddressInfo;
    const changes = [['"status":$status', '"key":"$helium_which","status":$status']] as const;
    nginx = await NginxProcess.start({ ports: [port, port, port], changes });
  });
  afterAll(async () => {
    await nginx.stop();
    replica.close().closeAllConnections();
  });

  /** What nginx took as the key of a body. */
  async function keyOf(path: string, body: string): Promise<string | undefined> {
    const id = `r${sent++}`;
    const headers = { "content-type": "application/json", "x-request-id": id };
    expect((await fetch(nginx.url + path, { method: "POST", headers, body })).status).toBe(200);
    return (await nginx.lineOf(id)).key;
  }

  const text = fc.string({
    unit: fc.constantFrom(...'a"\\{}[],: \n\u0000ü€😀', '"role":"user"', '"messages":[', '"input":"'),
    maxLength: 12,
  });
  const value = fc.letrec<{ any: unknown }>((tie) => ({
    any: fc.oneof(
      { maxDepth: 3 },
      text,
      fc.constantFrom(null, true, -1.5e3),
      fc.array(tie("any"), { maxLength: 3 }),
      fc.dictionary(fc.oneof(text, fc.constantFrom("role", "messages", "prompt", "content")), tie("any"), {
        maxKeys: 3,
      }),
    ),
  })).any;
  /** A message as somebody's client writes it: its fields in any order. */
  const message = (role: string): fc.Arbitrary<string> =>
    fc
      .tuple(value, fc.dictionary(text, value, { maxKeys: 2 }), fc.boolean())
      .map(([content, others, isFirst]) =>
        isFirst
          ? JSON.stringify({ role, content, ...named(others) })
          : JSON.stringify({ content, ...named(others), role }),
      );
  /** Fields whose names are none of those that are looked for. */
  const named = (fields: Readonly<Record<string, unknown>>): Record<string, unknown> =>
    Object.fromEntries(Object.entries(fields).map(([name, each]) => [`x${name}`, each]));
  const others = fc
    .dictionary(text, value, { maxKeys: 3 })
    .map((fields) =>
      Object.entries(named(fields)).map(([name, each]) => `${JSON.stringify(name)}:${JSON.stringify(each)}`),
    );
  const space = fc.constantFrom("", " ", "\n  ");

  it("is all messages up to the first of the user, to the last byte, whatever stands around", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(message("system"), { maxLength: 2 }),
        message("user"),
        fc.array(fc.oneof(message("assistant"), message("user"), message("tool")), { maxLength: 2 }),
        others,
        others,
        space,
        fc.constantFrom("messages", "input"),
        async (systems, user, later, before, after, gap, field) => {
          const start = [...systems, user].join(`${gap},${gap}`);
          const messages = [start, ...later].join(`${gap},${gap}`);
          const body = `{${gap}${[...before, `"${field}"${gap}:${gap}[${gap}${messages}${gap}]`, ...after].join(`,${gap}`)}}`;
          expect(JSON.parse(body)).toHaveProperty(field);
          expect(await keyOf("/v1/chat/completions", body)).toBe(start);
        },
      ),
      { seed: 1, numRuns: 150 },
    );
  });

  it("is the first 256 bytes of a prompt as it is written, or of its tokens", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 600 }), others, async (prompt, before) => {
        const body = `{${[...before, `"prompt":${JSON.stringify(prompt.replaceAll(/["\\\p{C}]/gu, "a") + "…")}`].join(",")}}`;
        const written = Buffer.from(JSON.stringify(`${prompt.replaceAll(/["\\\p{C}]/gu, "a")}…`).slice(1, -1));
        const key = await keyOf("/v1/completions", body);
        expect(Buffer.from(key ?? "")).toEqual(Buffer.from(written.subarray(0, 256).toString()));
      }),
      { seed: 1, numRuns: 30 },
    );
    const tokens = Array.from({ length: 400 }, (_, at) => at);
    expect(await keyOf("/v1/completions", JSON.stringify({ prompt: tokens }))).toBe(tokens.join(",").slice(0, 256));
  });

  it("is not there in what is no conversation, whose key is the address", async () => {
    for (const body of [
      "",
      "{}",
      "[]",
      '{"messages":[]}',
      '{"messages":{}}',
      '{"prompt":["a","b"]}',
      '{"input":[]}',
      '"messages":[{}]',
    ])
      expect(await keyOf("/v1/chat/completions", body)).toBe("127.0.0.1");
  });
});
