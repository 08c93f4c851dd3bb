import type { ServeApp } from "./serve-app.ts";

/** What the document says of the server itself. */
const info = {
  openapi: "3.1.0",
  info: {
    title: "helium serve",
    version: "1",
    description: "Language models behind the APIs of OpenAI, Anthropic and Ollama, on one engine.",
  },
  servers: [{ url: "/" }],
};

export interface Operation {
  readonly tags?: readonly string[];
  readonly summary?: string;
  readonly responses?: Readonly<Record<string, unknown>>;
}

export interface OpenApiDocument {
  readonly openapi: string;
  /** Operations by path and method. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

const text = { type: "string" };
const textOrNull = { type: ["string", "null"] };

/** A failure, as OpenAI's API tells it; Anthropic's has it beside a `type`. */
const failure = {
  type: "object",
  required: ["error"],
  properties: {
    error: {
      type: "object",
      required: ["message", "type", "param", "code"],
      properties: { message: text, type: text, param: textOrNull, code: textOrNull },
    },
  },
};

/** A failure, as Ollama's API tells it. */
const ollamaFailure = { type: "object", required: ["error"], properties: { error: text } };

/** The description of all routes in OpenAPI 3.1. Every one may fail, so what it says then is added here. */
export function openApiDocument(app: ServeApp): OpenApiDocument {
  const made = app.getOpenAPI31Document(info) as unknown as OpenApiDocument;
  const paths = Object.entries(made.paths).map(([path, methods]): [string, OpenApiDocument["paths"][string]] => {
    const schema = path.startsWith("/api/") ? ollamaFailure : failure;
    const failed = { description: "What is wrong with the request", content: { "application/json": { schema } } };
    const withFailures = Object.entries(methods).map(([method, operation]): [string, Operation] => [
      method,
      { ...operation, responses: { ...operation.responses, "4XX": failed, "5XX": failed } },
    ]);
    // A pattern of the router is no part of a path here.
    return [path.replace(/\}\{[^}]*\}/g, "}"), Object.fromEntries(withFailures)];
  });
  return { ...made, paths: Object.fromEntries(paths) };
}
