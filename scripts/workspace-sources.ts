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
});
