// Packs the built packages as `npm publish` would, and unpacks them as an installation would.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { root } from "../toolchain.mjs";

/**
 * A folder below .ci/out with the packages in its node_modules, so that third-party dependencies resolve to the root's.
 *
 * @param {string} name of the folder, which is made anew
 * @returns {{ folder: string, manifests: object[], bytes: Record<string, number> }} bytes: of the tarballs
 */
export const unpackPackages = (name) => {
  const folder = join(root, ".ci", "out", name);
  rmSync(folder, { recursive: true, force: true });
  const bytes = {};
  const manifests = ["tensor", "nn", "helium"].map((packageName) => {
    const target = join(folder, "node_modules", "@helium-lm", packageName);
    mkdirSync(target, { recursive: true });
    execFileSync("npm", ["pack", "--silent", "--pack-destination", target], {
      cwd: join(root, "packages", packageName),
    });
    const archive = join(
      target,
      readdirSync(target).find((file) => file.endsWith(".tgz")),
    );
    bytes[packageName] = statSync(archive).size;
    execFileSync("tar", ["-xzf", archive, "--strip-components=1"], { cwd: target });
    rmSync(archive);
    return JSON.parse(readFileSync(join(target, "package.json"), "utf8"));
  });
  return { folder, manifests, bytes };
};
