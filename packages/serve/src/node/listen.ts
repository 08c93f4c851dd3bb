import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import type { ModelServer } from "../model-server.ts";

export interface ListenOptions {
  /** Default 8000; 0: any free one. */
  readonly port?: number;
  /** Default 127.0.0.1: nobody from outside this machine. */
  readonly host?: string;
}

/** A server that listens. */
export interface Listening {
  readonly url: string;
  /** Takes no more connections, and ends those that are open: at once, or those in use after so many ms at most. */
  readonly close: (graceMs?: number) => Promise<void>;
}

/** An idle connection stays open for longer than proxies keep theirs, so that none sends a request into one that closes. */
const KEEP_ALIVE_MS = 75_000;

/**
 * Has a server listen on a port of this machine.
 *
 * @throws Error where the port cannot be had
 * @example
 * using server = new ModelServer({ models: [] });
 * const listening = await listen(server, { port: 0 });
 * console.log((await fetch(`${listening.url}/health`)).status); // 200
 * await listening.close();
 */
export async function listen(
  server: Pick<ModelServer, "fetch">,
  { port = 8000, host = "127.0.0.1" }: ListenOptions = {},
): Promise<Listening> {
  const http = createAdaptorServer({ fetch: server.fetch, overrideGlobalObjects: false }) as Server;
  http.keepAliveTimeout = KEEP_ALIVE_MS;
  http.listen(port, host);
  await once(http, "listening");
  const { port: given } = http.address() as AddressInfo;
  const name = host.includes(":") ? `[${host}]` : host;
  return {
    url: `http://${name}:${given}`,
    close: async (graceMs = 0) => {
      const closed = once(http, "close");
      http.close();
      http.closeIdleConnections();
      const timer = setTimeout(() => http.closeAllConnections(), graceMs);
      await closed;
      clearTimeout(timer);
    },
  };
}
