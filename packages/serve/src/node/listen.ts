import { once } from "node:events";
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
  /** Takes no more connections, and ends those that are open. */
  readonly close: () => Promise<void>;
}

/** Has a server listen on a port of this machine. @throws Error where the port cannot be had */
export async function listen(
  server: Pick<ModelServer, "fetch">,
  { port = 8000, host = "127.0.0.1" }: ListenOptions = {},
): Promise<Listening> {
  const http = createAdaptorServer({ fetch: server.fetch, overrideGlobalObjects: false });
  http.listen(port, host);
  await once(http, "listening");
  const { port: given } = http.address() as AddressInfo;
  const name = host.includes(":") ? `[${host}]` : host;
  return {
    url: `http://${name}:${given}`,
    close: async () => {
      const closed = once(http, "close");
      http.close();
      if ("closeAllConnections" in http) http.closeAllConnections();
      await closed;
    },
  };
}
