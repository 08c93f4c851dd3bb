import { ModelServer, type ServerOptions } from "@helium-lm/serve";

/** A server without models, with two routes that say what they were sent: for what goes before every route. */
export function echoServer(options: Partial<ServerOptions> = {}): ModelServer {
  const server = new ModelServer({ models: [], ...options });
  server.app.post("/echo", async (c) => c.json({ body: await c.req.json<unknown>(), salt: c.get("cacheSalt") }));
  server.app.post("/api/echo", async (c) => c.json({ body: await c.req.json<unknown>() }));
  server.app.get("/echo", (c) => c.json({ salt: c.get("cacheSalt") }));
  server.app.get("/broken", () => {
    throw new TypeError("the secret 4711 is in this message");
  });
  return server;
}

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: BodyInit;
}

/** A request to it. */
export async function ask(server: ModelServer, path: string, asked: Asked = {}): Promise<Response> {
  // Node takes a stream as body with this alone.
  const init = { ...asked, duplex: "half" };
  return server.fetch(new Request(`http://localhost${path}`, init));
}

/** Sends JSON. */
export const send = (
  server: ModelServer,
  body: BodyInit,
  { path = "/echo", ...headers }: Readonly<Record<string, string>> = {},
): Promise<Response> =>
  ask(server, path, { method: "POST", headers: { "content-type": "application/json", ...headers }, body });

/** The error that a response tells of. */
export async function errorOf(response: Response): Promise<Record<string, unknown> & { readonly status: number }> {
  const { error } = (await response.json()) as { readonly error: Record<string, unknown> };
  return { status: response.status, ...error };
}
