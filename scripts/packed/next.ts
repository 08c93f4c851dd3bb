import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Bundler } from "./bundlers.ts";

/** Turbopack reads nothing above it: the application and what `extras` holds are both below the repository. */
const root = fileURLToPath(new URL("../../", import.meta.url));

const files = {
  "package.json": '{ "private": true }\n',
  "next.config.mjs": `const root = ${JSON.stringify(root)};
export default { output: "export", turbopack: { root }, outputFileTracingRoot: root };
`,
  "app/layout.jsx": `export default ({ children }) => (
  <html lang="en">
    <body>{children}</body>
  </html>
);
`,
  "app/page.jsx": `"use client";
import "../../page.js";

export default () => <p>Helium LM in a client component</p>;
`,
};

/**
 * A Next application, exported as static files, whose client component imports the page's script. Next renders it once in Node
 * as well.
 */
export const next =
  (extras: string, compiler: "webpack" | "turbopack"): Bundler =>
  async (folder, output) => {
    const application = join(folder, "next");
    rmSync(application, { recursive: true, force: true });
    mkdirSync(join(application, "app"), { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(application, name), text);
    for (const name of ["react", "react-dom", "next"]) {
      const link = join(folder, "node_modules", name);
      if (!existsSync(link)) symlinkSync(join(extras, "node_modules", name), link);
    }
    const program = join(extras, "node_modules", "next", "dist", "bin", "next");
    execFileSync(process.execPath, [program, "build", `--${compiler}`], {
      ...{ cwd: application, stdio: "pipe", encoding: "utf8" },
      env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1" },
    });
    cpSync(join(application, "out"), output, { recursive: true });
  };
