import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { registerHooks } from "node:module";

const packages = new URL("../packages/", import.meta.url);

/**
 * Makes `@helium-lm/x/sub` mean its source, as in the tests, so that a script needs no build. Import it first and the
 * packages dynamically afterwards.
 */
registerHooks({
  resolve(specifier, context, nextResolve) {
    const [, name, subpath = "index"] = /^@helium-lm\/(tensor|nn|helium|eval|serve)(?:\/(.+))?$/.exec(specifier) ?? [];
    if (name === undefined) return nextResolve(specifier, context);
    const file = new URL(`${name}/src/${subpath}.ts`, packages);
    const source = existsSync(file) ? file : new URL(`${name}/src/${subpath}/index.ts`, packages);
    return { url: source.href, shortCircuit: true };
  },
  load(url, context, nextLoad) {
    if (!url.endsWith("/engine/worker/worker-text.ts")) return nextLoad(url, context);
    return { source: workerText(), format: "module", shortCircuit: true };
  },
});

/** What an engine's worker runs, which a build would put there; it is bundled in a process of its own, since hooks cannot wait. */
function workerText(): string {
  const bundler = new URL("helium/build/engine-worker.ts", packages).href;
  const script = `import { workerTextModule } from "${bundler}"; process.stdout.write(await workerTextModule());`;
  const options = { encoding: "utf8", maxBuffer: 2 ** 28 } as const;
  return execFileSync(process.execPath, ["--input-type=module", "--eval", script], options);
}
