import { RedisError } from "./redis-error.ts";

/** Where a Redis is, and what it asks of clients. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly username: string | null;
  readonly password: string | null;
  /** Clients speak TLS. */
  readonly isEncrypted: boolean;
  /** The address as logs may have it: without name and password. */
  readonly shown: string;
}

const EXPECTED = "redis://[[user]:password@]host[:port][/number], or rediss://… for TLS";

/**
 * Reads `redis://[[user]:password@]host[:port][/number]`, or `rediss://` for TLS.
 *
 * @param password where the address has none
 * @throws RedisError, whose message has nothing of the address, in which there may be a password
 */
export function redisAddress(text: string, password?: string): RedisAddress {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null) throw new RedisError("redis", `is no address; expected ${EXPECTED}`);
  const { protocol, hostname, port, pathname, search, hash } = url;
  if (protocol !== "redis:" && protocol !== "rediss:")
    throw new RedisError("redis", `begins with ${protocol}//; expected ${EXPECTED}`, { given: protocol });
  if (hostname === "") throw new RedisError("redis", `names no host; expected ${EXPECTED}`);
  const [, number = "0"] = /^\/?(\d{0,5})$/.exec(pathname) ?? [];
  if (!/^\/?\d{0,5}$/.test(pathname) || search !== "" || hash !== "")
    throw new RedisError("redis", `ends with more than the number of a database; expected ${EXPECTED}`);
  const db = Number(number);
  const isEncrypted = protocol === "rediss:";
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  return {
    ...{ host, port: Number(port || 6379), db, isEncrypted },
    username: decoded(url.username),
    password: decoded(url.password) ?? password ?? null,
    shown: `${protocol}//${hostname}:${port || 6379}${db === 0 ? "" : `/${db}`}`,
  };
}

function decoded(text: string): string | null {
  if (text === "") return null;
  try {
    return decodeURIComponent(text);
  } catch (error) {
    throw new RedisError(
      "redis",
      "has a name or password with a % that is no escape; write it %25",
      {},
      { cause: error },
    );
  }
}
