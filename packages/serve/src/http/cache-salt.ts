import type { ServeContext } from "./serve-app.ts";

/** Under what a request's texts are stored and found: its key's salt, and its own `cache_salt` where it gives one. */
export function cacheSaltOf(c: ServeContext, own: string | null | undefined): string {
  const ofKey = c.get("cacheSalt");
  return own ? `${ofKey}/${own}` : ofKey;
}
