/**
 * `npm run soak -- schemathesis --python .venv/bin/python [--examples 100] [--seed 1] [--record]`: requests drawn from
 * /openapi.json, good ones and bad ones, against a server of helium-nano. No answer may be a 5xx, hang, or differ from what
 * the document promises. The Python needs schemathesis (PyPI).
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { modelEntry, ModelServer } from "@helium-lm/serve";
import { BatchFolder, listen } from "@helium-lm/serve/node";
import { root } from "../../testing/repository.ts";

const { values } = parseArgs({
  options: {
    python: { type: "string", default: ".venv/bin/python" },
    examples: { type: "string", default: "100" },
    seed: { type: "string", default: "1" },
    record: { type: "boolean", default: false },
  },
});

/** What the answers are held to. */
const checks = [
  "not_a_server_error",
  "status_code_conformance",
  "content_type_conformance",
  "response_schema_conformance",
];

/** Seconds that an answer may take. */
const PATIENCE = 60;

const folder = mkdtempSync(join(tmpdir(), "schemathesis-"));
// Files and batches are on.
const batches = await BatchFolder.open(join(folder, "files"));
// A short context keeps drawn requests without a limit of their own short.
const server = new ModelServer({
  models: [modelEntry("helium-nano", `${root}models/helium-nano`, { threads: 2, engine: { maxTokens: 256 } })],
  batches,
});
await server.registry.preload();
const { url, close } = await listen(server, { port: 0 });
const report = join(folder, "report.xml");
try {
  const code = await new Promise<number>((resolve, reject) => {
    const args = ["-m", "schemathesis.cli", "run", `${url}/openapi.json`];
    args.push("--checks", checks.join(), "--max-examples", values.examples, "--seed", values.seed);
    args.push("--request-timeout", String(PATIENCE), "--suppress-health-check", "all", "--continue-on-failure");
    args.push("--phases", "coverage,fuzzing", "--report", "junit", "--report-junit-path", report, "--no-color");
    const child = spawn(values.python, args, { cwd: folder, stdio: "inherit" });
    child.on("error", reject);
    child.on("exit", (status) => resolve(status ?? 1));
  });
  const [, tests = "0"] = /<testsuites?[^>]* tests="(\d+)"/.exec(readFileSync(report, "utf8")) ?? [];
  const running = server.admission.running;
  console.log(`${tests} operations, exit status ${code}, ${running} texts still running`);
  if (values.record)
    writeFileSync(
      join(root, "docs", "schemathesis.json"),
      `${JSON.stringify({ operations: Number(tests), examples: Number(values.examples), seed: Number(values.seed), checks, passed: code === 0, running }, null, 2)}\n`,
    );
  process.exitCode = code === 0 && running === 0 ? 0 : 1;
} finally {
  await close();
  server.dispose();
  await batches.dispose();
  rmSync(folder, { recursive: true });
}
