import { ModelServer, modelEntry, type ServerOptions } from "@helium-lm/serve";
import { listen, type Listening } from "@helium-lm/serve/node";
import { root } from "../../../testing/repository.ts";

/** A server on a free port of this machine; disposing ends it and its models. */
export interface OpenServer extends AsyncDisposable, Pick<Listening, "url"> {
  readonly server: ModelServer;
  /** The address of OpenAI's API. */
  readonly baseUrl: string;
}

/** Serves `helium-nano`, unless the options name other models; keys and values are as exact as `forward`'s. */
export async function openServer(options: Partial<ServerOptions> = {}): Promise<OpenServer> {
  const server = new ModelServer({
    models: [
      modelEntry("helium-nano", `${root}models/helium-nano`, {
        threads: 1,
        engine: { maxTokens: 16_384, kvDType: "f32" },
      }),
    ],
    ...options,
  });
  const { url, close } = await listen(server, { port: 0 });
  return {
    server,
    url,
    baseUrl: `${url}/v1`,
    [Symbol.asyncDispose]: async () => {
      await close();
      server.dispose();
    },
  };
}
