import type { RouteModule } from "./serve-app.ts";

/** What `/openapi.json` says of the server itself. */
const info = {
  openapi: "3.1.0",
  info: {
    title: "helium serve",
    version: "1",
    description: "Language models behind the APIs of OpenAI, Anthropic and Ollama, on one engine.",
  },
  servers: [{ url: "/" }],
};

interface Operation {
  readonly tags?: readonly string[];
  readonly summary?: string;
}

/** `/openapi.json`, and `/docs`: a page that lists all routes, made from it. It needs no script and nothing from elsewhere. */
export const openapiRoutes: RouteModule = (app) => {
  app.doc31("/openapi.json", info);
  app.get("/docs", (c) => {
    const paths = (app.getOpenAPI31Document(info).paths ?? {}) as Record<string, Record<string, Operation>>;
    const rows = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    );
    const tags = [...new Set(rows.map(({ operation }) => operation.tags?.[0] ?? "Other"))];
    const sections = tags.map((tag) => {
      const own = rows.filter(({ operation }) => (operation.tags?.[0] ?? "Other") === tag);
      const lines = own.map(
        ({ path, method, operation }) =>
          `<tr><td>${method.toUpperCase()}</td><td><code>${escapeHtml(path)}</code></td><td>${escapeHtml(operation.summary ?? "")}</td></tr>`,
      );
      return `<h2>${escapeHtml(tag)}</h2><table>${lines.join("")}</table>`;
    });
    return c.html(page(sections.join("")));
  });
};

const escapeHtml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

const page = (body: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>helium serve</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
  td { padding: 0.2rem 1rem 0.2rem 0; vertical-align: top; }
</style>
<h1>helium serve</h1>
<p>Bodies and answers are described in <a href="/openapi.json">openapi.json</a> (OpenAPI 3.1).</p>
${body}
</html>
`;
