import { EndpointError } from "../errors.ts";

/** Where a server's completions are. */
export interface EndpointAddress {
  /** Of the completions, without query: what messages say. */
  readonly shown: string;
  /** Of a path below the server's root: "/v1/completions", "/tokenize". */
  readonly of: (path: string) => string;
}

const completions = "/v1/completions";

/**
 * The address of a server: its root, its /v1, or its completions. A query goes with every request, and into no message, as it
 * may hold a key.
 *
 * @throws EndpointError for what is no address of completions
 */
export function endpointAddress(url: string): EndpointAddress {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || !/^https?:$/.test(parsed.protocol))
    throw new EndpointError(
      url.replace(/[?#].*$/s, "").replace(/\/\/[^/@]*@/, "//"),
      "is no address of a server; give one such as http://localhost:8000/v1/completions",
    );
  const { origin, search } = parsed;
  const path = parsed.pathname.replace(/\/+$/, "");
  const shown = origin + path;
  if (parsed.username !== "" || parsed.password !== "")
    throw new EndpointError(
      shown,
      "has a user name or a password in it, which is not sent from there; give the key as apiKey",
    );
  if (/\/chat\/completions$/.test(path))
    throw new EndpointError(
      shown,
      `is for conversations, of which no log-probabilities come; give the address of the completions, ${origin}${path.replace("/chat/", "/")}`,
    );
  const root = path.replace(/(?:\/v1)?(?:\/completions)?$/, "");
  // A server may have its completions elsewhere than under /v1.
  const own = path.endsWith("/completions") ? path : root + completions;
  return {
    shown: origin + own,
    of: (below) => origin + (below === completions ? own : root + below) + search,
  };
}
