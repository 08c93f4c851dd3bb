import type { CliIo } from "./cli-io.ts";
import { printable, styleFor } from "./style.ts";

export interface ServerFacts {
  readonly url: string;
  /** The models' names, the default one first. */
  readonly ids: readonly string[];
  readonly hasKeys: boolean;
}

/** What a server shows once it answers: where it is, what it has, and how to ask it. */
export function serverScreen({ url, ids, hasKeys }: ServerFacts, io: Pick<CliIo, "stdout" | "env">): string {
  const { bold, dim } = styleFor(io.stdout, io);
  const key = hasKeys ? `    -H "authorization: Bearer $HELIUM_API_KEY" \\\n` : "";
  const body = JSON.stringify({ model: ids[0], messages: [{ role: "user", content: "Hello" }] });
  const rows = ids.map((id, at) => `  ${printable(id)}${at === 0 ? "" : dim("  loaded when asked for")}`);
  return `${bold(`serving at ${url}`)}

${rows.join("\n")}

  curl ${url}/v1/chat/completions -H "content-type: application/json" \\
${key}    -d '${printable(body).replaceAll("'", "'\\''")}'

  OpenAI's API is at ${url}/v1, those of Anthropic and Ollama at ${url},
  all routes at ${url}/docs
`;
}
