import { hostname } from "node:os";
import { hasEnded, localProcess, ownProcessMark } from "@helium-lm/nn/io/node";
import { pause } from "@helium-lm/nn";
import { ownerKey } from "./keys.ts";
import { internalsOf, type RedisConnection } from "./redis-connection.ts";
import { RedisError } from "./redis-error.ts";

export interface OwnerOptions {
  /** A batch is nobody's once its submitter was not heard of for so long, in ms. */
  readonly ownedMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** How often a batch that somebody has is asked for, in ms. */
const ASK_MS = 250;

/**
 * The right to collect the answers of a batch, of one process at a time: what one collects, another would wait for in vain. It is
 * taken over at once from a process of this machine that has ended, from others once they are silent.
 */
export class BatchOwner implements AsyncDisposable {
  readonly #connection: RedisConnection;
  readonly #batch: string;
  readonly #mark: string;
  readonly #ownedMs: number;
  readonly #timer: NodeJS.Timeout;
  #isLost = false;

  private constructor(connection: RedisConnection, batch: string, mark: string, ownedMs: number) {
    this.#connection = connection;
    this.#batch = batch;
    this.#mark = mark;
    this.#ownedMs = ownedMs;
    this.#timer = setInterval(() => void this.#renew(), ownedMs / 4).unref();
  }

  /** @throws RedisError while another process submits the batch */
  static async take(
    connection: RedisConnection,
    batch: string,
    { ownedMs, signal }: OwnerOptions,
  ): Promise<BatchOwner> {
    const { client } = internalsOf(connection);
    const key = ownerKey(batch);
    const mark = JSON.stringify({ host: hostname(), mark: await ownProcessMark(), id: crypto.randomUUID() });
    for (const end = Date.now() + 1.25 * ownedMs; ; await pause(ASK_MS, signal)) {
      signal?.throwIfAborted();
      const isOurs = await client.set(key, mark, "PX", ownedMs, "NX").catch((error: unknown) => {
        throw refusal(connection, error as Error);
      });
      if (isOurs === "OK") return new BatchOwner(connection, batch, mark, ownedMs);
      const owner = await client.get(key);
      if (owner === null) continue;
      const its = JSON.parse(owner) as { readonly host: string; readonly mark: string };
      if (await hasEnded(its.mark)) await client.del(key);
      else if (Date.now() > end) throw await ownedError(its);
      else connection.tell(`another process on ${its.host} submits this batch; waiting whether it still lives`);
    }
  }

  /** @throws RedisError where another process has taken the batch over */
  check(): void {
    if (this.#isLost)
      throw new RedisError("batch", "is submitted by another process now, since this one was not heard of for long");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    const { client } = internalsOf(this.#connection);
    // Where there is no connection, it is nobody's in a moment anyway.
    if (client.status === "ready" && !this.#isLost) await client.del(ownerKey(this.#batch));
  }

  async #renew(): Promise<void> {
    const { client } = internalsOf(this.#connection);
    const key = ownerKey(this.#batch);
    try {
      // A Redis that has forgotten everything has forgotten this too.
      const isFree = (await client.set(key, this.#mark, "PX", this.#ownedMs, "NX")) === "OK";
      if (isFree) return;
      if ((await client.get(key)) === this.#mark) await client.pexpire(key, this.#ownedMs);
      else this.#isLost = true;
    } catch (error) {
      this.#connection.tellOf(error as Error);
    }
  }
}

/** Without the error itself, which has the command. */
const refusal = ({ address }: RedisConnection, { message }: Error): RedisError =>
  new RedisError("redis", `${address.shown} refuses to write: ${message}`, { address: address.shown });

async function ownedError({ host, mark }: { readonly host: string; readonly mark: string }): Promise<RedisError> {
  const owner = await localProcess(mark);
  const who = owner === null ? `another process on ${host}` : `process ${owner}`;
  return new RedisError("batch", `${who} submits the same lines; wait for it, or end it`, { host, owner });
}
