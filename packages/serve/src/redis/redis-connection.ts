import { isIP } from "node:net";
import type { Redis, RedisOptions } from "ioredis";
import { loadPackages, type RedisPackages } from "./load-packages.ts";
import type { RedisAddress } from "./redis-address.ts";
import { RedisError } from "./redis-error.ts";

export interface RedisConnectionOptions {
  /** Certificates (PEM) that may vouch for a server of `rediss://`, beside those that Node trusts. */
  readonly ca?: string;
  /** Told in words, once each, of outages and their ends, and of what Redis refuses. */
  readonly onNotice?: (notice: string) => void;
}

/** How long the first connection may take, in ms. */
const CONNECT_MS = 10_000;

/** Pauses between attempts to connect again: from the first to the longest, in ms. */
const AGAIN_MS = { first: 50, longest: 2000 } as const;

/** For so long the same notice is not told again, in ms. */
const SILENCE_MS = 60_000;

/** What only our own code sees of a connection: users of the types need neither package. */
interface Internals {
  readonly client: Redis;
  readonly packages: RedisPackages;
}

let read: (connection: RedisConnection) => Internals;

/** A connection that comes back by itself, and says so once. */
export class RedisConnection implements Disposable {
  static {
    read = (connection) => connection.#internals;
  }

  readonly address: RedisAddress;
  readonly #internals: Internals;
  readonly #onNotice: (notice: string) => void;
  readonly #told = new Map<string, number>();
  #lostAt: number | null = null;
  #outages = 0;

  private constructor(
    client: Redis,
    packages: RedisPackages,
    address: RedisAddress,
    onNotice: (notice: string) => void,
  ) {
    this.#internals = { client, packages };
    this.address = address;
    this.#onNotice = onNotice;
    client.on("close", () => this.#lost());
    // Another password, say, by the time that it comes back.
    client.on("error", (error: Error) => this.tellOf(error));
    client.on("ready", () => this.#back());
  }

  /** @throws RedisError where there is no Redis, or it lets us not in */
  static async open(
    address: RedisAddress,
    { ca, onNotice = () => undefined }: RedisConnectionOptions = {},
  ): Promise<RedisConnection> {
    const packages = await loadPackages();
    let isKnown = false;
    const { host, port, db, username, password, isEncrypted } = address;
    const options: RedisOptions = {
      ...{ host, port, db, lazyConnect: true, connectTimeout: CONNECT_MS },
      ...(username !== null && { username }),
      ...(password !== null && { password }),
      ...(isEncrypted && { tls: { ...(isIP(host) === 0 && { servername: host }), ...(ca !== undefined && { ca }) } }),
      // Commands wait for the connection, however long that takes; the first one fails at once.
      maxRetriesPerRequest: null,
      retryStrategy: (times) => (isKnown ? Math.min(AGAIN_MS.longest, AGAIN_MS.first * 2 ** times) : null),
    };
    const client = new packages.ioredis.Redis(options);
    let reason: Error | null = null;
    client.on("error", (error: Error) => (reason = error));
    try {
      await client.connect();
      // ioredis would go on in database 0 where this one is not there.
      await client.select(db);
    } catch (error) {
      client.disconnect();
      throw connectError(address, reason ?? (error as Error));
    }
    isKnown = true;
    return new RedisConnection(client, packages, address, onNotice);
  }

  /** How often the connection was lost. */
  get outages(): number {
    return this.#outages;
  }

  /** Tells of a failure of Redis or BullMQ. Lost connections are told of by themselves. */
  tellOf(error: Error): void {
    if (!isOutage(error)) this.tell(`${this.address.shown}: ${withoutScript(error.message)}`);
  }

  /** Tells of something. */
  announce(notice: string): void {
    this.#onNotice(notice);
  }

  /** Tells of something, unless it was told a moment ago. */
  tell(notice: string): void {
    const now = Date.now();
    if (now - (this.#told.get(notice) ?? -Infinity) < SILENCE_MS) return;
    this.#told.set(notice, now);
    this.#onNotice(notice);
  }

  /** Commands that were not answered by then fail. */
  [Symbol.dispose](): void {
    const { client } = this.#internals;
    client.removeAllListeners("close");
    client.disconnect();
  }

  #lost(): void {
    if (this.#lostAt !== null) return;
    this.#lostAt = Date.now();
    this.#outages++;
    this.#onNotice(`the connection to ${this.address.shown} is lost; trying again until it is back`);
  }

  #back(): void {
    if (this.#lostAt === null) return;
    const seconds = (Date.now() - this.#lostAt) / 1000;
    this.#lostAt = null;
    this.#onNotice(`the connection to ${this.address.shown} is back after ${seconds.toFixed(1)} s`);
  }
}

export const internalsOf = (connection: RedisConnection): Internals => read(connection);

/** Without the script in which it happened: several of them meet the same refusal, such as a full memory. */
const withoutScript = (message: string): string => message.replace(/ script: [0-9a-f]{40}, on @user_script:\d+\.$/, "");

/** Whether an error says no more than that there is no connection. */
export const isOutage = ({ message, code }: Error & { readonly code?: unknown }): boolean =>
  /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)/.test(String(code)) ||
  /Connection is closed|connect ETIMEDOUT|Stream isn't writeable|LOADING/.test(message);

/** Whether Redis, or the way to it, is to blame; the same may succeed later. */
export const isRedisFailure = (error: unknown): error is Error =>
  error instanceof Error && (error.name === "ReplyError" || isOutage(error));

/** The reason in one line. It is not the cause: what ioredis throws has the command, and so the password. */
function connectError({ shown, password }: RedisAddress, { message, ...error }: Error): RedisError {
  const code = "code" in error ? String(error.code) : null;
  const details = { address: shown, code };
  if (/^NOAUTH/.test(message) && password === null)
    return new RedisError("redis", `${shown} asks for a password; give it in the address or as REDISCLI_AUTH`, details);
  const mend = /^(WRONGPASS|NOAUTH|NOPERM)/.test(message) ? "give its own name and password" : "is it running there?";
  return new RedisError("redis", `${shown} cannot be used: ${message || code}; ${mend}`, details);
}
