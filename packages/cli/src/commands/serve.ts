import { defineCommand } from "../command.ts";
import { loadingOptions } from "../options/loading-options.ts";
import { serveOptions } from "../options/serve-options.ts";

export const serve = defineCommand({
  name: "serve",
  operands: "[model…]",
  operandKinds: ["model"],
  summary: "serve models over HTTP, by the APIs of OpenAI, Anthropic and Ollama",
  details: `Serves one model or several over HTTP until it is told to end. The first is loaded at once and answers where a request
names none; the others are loaded when a request asks for them. Point a client of OpenAI's API at http://127.0.0.1:8000/v1, one
of Anthropic's or Ollama's at http://127.0.0.1:8000. /docs lists all routes, /metrics has figures for Prometheus, /health and
/ready tell whether to send requests here. At SIGTERM or Ctrl-C requests under way may finish; a second one ends at once. With
--json, one line is printed once the server answers: {"url", "models"}.`,
  examples: [
    ["helium serve", "a small model at http://127.0.0.1:8000"],
    [
      "helium serve ./SmolLM2-135M-Instruct.gguf --alias gpt-4o-mini",
      "a file, also by the name that a program asks for",
    ],
    [
      "helium serve org/name helium-nano --host 0.0.0.0 --api-key-file keys.txt",
      "two models, for others too, who need a key",
    ],
  ],
  options: { ...serveOptions, ...loadingOptions },
  without: ["gpujsMode"],
  run: async (given, io) => (await import("../runs/run-serve.ts")).runServe(given, io),
});
