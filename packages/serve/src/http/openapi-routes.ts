import { openApiDocument } from "./openapi-document.ts";
import type { RouteModule } from "./serve-app.ts";

/** `/openapi.json`, and `/docs`: a page that lists all routes, made from it. It needs no script and nothing from elsewhere. */
export const openapiRoutes: RouteModule = (app) => {
  app.get("/openapi.json", (c) => c.json(openApiDocument(app) as unknown as Record<string, unknown>));
  app.get("/docs", (c) => {
    const rows = Object.entries(openApiDocument(app).paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { tags = ["Other"], summary = "" }]) => ({ path, method, tags, summary })),
    );
    const sections = [...new Set(rows.map(({ tags }) => tags[0] ?? ""))].map((tag) => {
      const lines = rows
        .filter(({ tags }) => tags[0] === tag)
        .map(
          ({ path, method, summary }) =>
            `<tr><td>${method.toUpperCase()}</td><td><code>${escapeHtml(path)}</code></td><td>${escapeHtml(summary)}</td></tr>`,
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
