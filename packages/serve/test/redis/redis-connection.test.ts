import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fixturePath } from "../../../../testing/fixtures.ts";
import { lacksRedis, needsRedis, RedisServer } from "../../../../testing/redis/redis-server.ts";
import { redisAddress, RedisConnection, RedisError } from "../../src/redis/index.ts";
import { internalsOf } from "../../src/redis/redis-connection.ts";

describe("the address of a Redis", () => {
  it("has what the URL has, and shows neither name nor password", () => {
    expect(redisAddress("redis://localhost")).toEqual({
      ...{ host: "localhost", port: 6379, db: 0, username: null, password: null, isEncrypted: false },
      shown: "redis://localhost:6379",
    });
    expect(redisAddress("rediss://me:a%20b%3A@[::1]:7000/3")).toEqual({
      ...{ host: "::1", port: 7000, db: 3, username: "me", password: "a b:", isEncrypted: true },
      shown: "rediss://[::1]:7000/3",
    });
    expect(redisAddress("redis://:own@h", "other").password).toBe("own");
    expect(redisAddress("redis://h", "other").password).toBe("other");
  });

  it("is refused without a word of it", () => {
    for (const text of [
      "",
      "secret",
      "http://:secret@h",
      "redis://:secret@",
      "redis://:secret@h/x",
      "redis://:secret@h?a=secret",
      "redis://:secret%zz@h",
    ])
      expect(() => redisAddress(text)).toThrow(/^redis: (?!.*secret)/);
  });

  it("never shows a password", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 8, maxLength: 32 }),
        fc.constantFrom("redis", "rediss"),
        (password, scheme) => {
          const address = redisAddress(`${scheme}://user:${encodeURIComponent(password)}@host/1`);
          expect(address.password).toBe(password);
          expect(address.shown).toBe(`${scheme}://host:6379/1`);
        },
      ),
      { seed: 1 },
    );
  });
});

describe.skipIf(lacksRedis)(`a connection to Redis (${needsRedis})`, () => {
  it("is refused by a server that wants another password, has no such database, or is not there; no message has the password", async () => {
    await using server = await RedisServer.start({ password: "se cret" });
    const at = `127.0.0.1:${server.port}`;
    const refused = async (url: string): Promise<Error> => {
      const error: unknown = await RedisConnection.open(redisAddress(url)).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(RedisError);
      // Neither in what is shown of it nor in what it holds.
      expect(JSON.stringify([error, (error as Error).message, (error as Error).cause])).not.toMatch(/cret|wr0ng/);
      return error as Error;
    };
    expect((await refused(`redis://${at}`)).message).toBe(
      `redis: redis://${at} asks for a password; give it in the address or as REDISCLI_AUTH`,
    );
    expect((await refused(`redis://:wr0ng@${at}`)).message).toMatch(/WRONGPASS.*; give its own name and password$/);
    expect((await refused(`redis://x:wr0ng@${at}`)).message).toMatch(/WRONGPASS/);
    expect((await refused(`redis://:se%20cret@${at}/99`)).message).toMatch(/DB index is out of range/);
    await server.kill();
    expect((await refused(server.url)).message).toMatch(/ECONNREFUSED.*; is it running there\?$/);
  });

  it("may be encrypted, to a server that a known certificate vouches for", async () => {
    const [cert, key] = [fixturePath("tls/cert.pem"), fixturePath("tls/key.pem")];
    await using server = await RedisServer.start({ password: "p", tls: { cert, key } });
    using connection = await RedisConnection.open(redisAddress(server.url), { ca: readFileSync(cert, "utf8") });
    expect(await internalsOf(connection).client.ping()).toBe("PONG");
    await expect(RedisConnection.open(redisAddress(server.url))).rejects.toThrow(/self-signed certificate/);
  });

  it("that is refused when it comes back says so once", async () => {
    await using server = await RedisServer.start();
    const notices: string[] = [];
    using connection = await RedisConnection.open(redisAddress(server.url), {
      onNotice: (notice) => notices.push(notice),
    });
    const { client } = internalsOf(connection);
    await client.config("SET", "requirepass", "new");
    await client.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "no").catch(() => undefined);
    await expect.poll(() => notices.length).toBe(2);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(notices).toEqual([expect.stringMatching(/is lost/), expect.stringMatching(/NOAUTH/)]);
  });

  it("tells once of what Redis refuses, in whichever script it did", async () => {
    await using server = await RedisServer.start();
    const notices: string[] = [];
    using connection = await RedisConnection.open(redisAddress(server.url), {
      onNotice: (notice) => notices.push(notice),
    });
    const { client } = internalsOf(connection);
    await client.config("SET", "maxmemory", "1");
    const writes = [1, 2].map((value) => client.eval(`return redis.call("SET", KEYS[1], ${value})`, 1, "key"));
    for (const result of await Promise.allSettled([...writes, client.set("key", 3)])) {
      expect(result.status).toBe("rejected");
      if (result.status === "rejected") connection.tellOf(result.reason as Error);
    }
    expect(notices).toEqual([`${connection.address.shown}: OOM command not allowed when used memory > 'maxmemory'.`]);
  });
});
