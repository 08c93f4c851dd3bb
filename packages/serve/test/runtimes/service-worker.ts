/** A service worker that answers its page as a server would: the handler itself, with a model in its own thread. */
import { ModelServer, modelEntry } from "@helium-lm/serve";

interface FetchEvent extends Event {
  readonly request: Request;
  respondWith(response: Promise<Response> | Response): void;
  waitUntil(work: Promise<unknown>): void;
}

interface Worker extends EventTarget {
  readonly location: { readonly origin: string };
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
}

const worker = globalThis as unknown as Worker;
const server = new ModelServer({
  models: [modelEntry("helium-nano", `${worker.location.origin}/model`, { inThread: true, kvMemory: 2 ** 24 })],
});

worker.addEventListener("install", () => void worker.skipWaiting());
worker.addEventListener("activate", (event) => (event as FetchEvent).waitUntil(worker.clients.claim()));
worker.addEventListener("fetch", (event) => {
  const asked = event as FetchEvent;
  const { pathname } = new URL(asked.request.url);
  if (pathname.startsWith("/v1/") || pathname === "/health") asked.respondWith(server.fetch(asked.request));
});
