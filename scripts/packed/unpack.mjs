// Packs the built packages as `npm publish` would, and unpacks them as an installation would.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { root } from "../toolchain.mjs";

/**
 * A folder below .ci/out with the packages in its node_modules, so that third-party dependencies resolve to the root's.
 *
 * @param {string} name of the folder, which is made anew
 * @returns {{ folder: string, manifests: object[], archives: string[], bytes: Record<string, number> }}
 *   archives: the tarballs; bytes: theirs, by package
 */
export const unpackPackages = (name) => {
  const folder = join(root, ".ci", "out", name);
  rmSync(folder, { recursive: true, force: true });
  const tarballs = join(folder, "tarballs");
  mkdirSync(tarballs, { recursive: true });
  const bytes = {};
  const archives = [];
  const manifests = ["tensor", "nn", "helium", "eval", "serve", "cli"].map((packageFolder) => {
    const source = join(root, "packages", packageFolder);
    if (!existsSync(join(source, "dist")))
      throw new Error(`packages/${packageFolder}/dist: is not there; run \`npm run build\` first`);
    const packed = execFileSync("npm", ["pack", "--json", "--pack-destination", tarballs], { cwd: source });
    const [{ name: packageName, filename }] = Object.values(JSON.parse(packed));
    const archive = join(tarballs, filename);
    const target = join(folder, "node_modules", packageName);
    mkdirSync(target, { recursive: true });
    execFileSync("tar", ["-xzf", archive, "--strip-components=1"], { cwd: target });
    bytes[packageName] = statSync(archive).size;
    archives.push(archive);
    return JSON.parse(readFileSync(join(target, "package.json"), "utf8"));
  });
  return { folder, manifests, archives, bytes };
};
