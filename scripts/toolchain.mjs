// What the scripts that must work before `npm install` share. They start on the user's own Node (20 or newer, plain
// JavaScript) and run the tools on the Node 24 that the devDependency `node` puts into node_modules/.bin.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const bin = join(root, "node_modules", ".bin");
const toolNode = join(root, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");

/** @type {(file: string) => Record<string, { version?: string, optional?: boolean, link?: boolean }>} */
const lockedPackages = (file) => JSON.parse(readFileSync(join(root, file), "utf8")).packages;

/** True where node_modules holds every required package of the lockfile in the locked version. */
const isInstalled = () => {
  if (!existsSync(join(root, "node_modules", ".package-lock.json"))) return false;
  const installed = lockedPackages("node_modules/.package-lock.json");
  return Object.entries(lockedPackages("package-lock.json")).every(
    ([path, { version, optional, link }]) =>
      !path.startsWith("node_modules/") || optional || link || installed[path]?.version === version,
  );
};

/** PATH without node_modules/.bin, so that npm itself runs on the user's Node and survives `npm ci` removing it. */
const systemPath = () =>
  (process.env.PATH ?? "")
    .split(delimiter)
    .filter((folder) => !folder.endsWith(join("node_modules", ".bin")))
    .join(delimiter);

const start = (command, args, env) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env, stdio: "inherit", shell: process.platform === "win32" });
    child.on("error", reject);
    child.on("exit", (code, signal) => resolve(signal === null ? code : 128));
  });

/** Installs exactly the lockfile where node_modules is missing or differs from it. */
export const install = async () => {
  const env = { ...process.env, PATH: systemPath() };
  if (!isInstalled()) {
    const code = await start("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], env);
    if (code !== 0) process.exit(code);
  }
  // Where npm is set to skip install scripts, the `node` package has no binary yet.
  if (!existsSync(toolNode)) {
    const code = await start("npm", ["rebuild", "node", "--ignore-scripts=false", "--loglevel=error"], env);
    if (code !== 0) process.exit(code);
  }
};

/** Runs a command with the toolchain first on the PATH and resolves to its exit code. */
export const tryRun = (command, args) =>
  start(command, args, { ...process.env, PATH: `${bin}${delimiter}${systemPath()}` });

/** Runs a command with the toolchain first on the PATH; ends this process with its exit code where it fails. */
export const run = async (command, args) => {
  const code = await tryRun(command, args);
  if (code !== 0) process.exit(code);
};
