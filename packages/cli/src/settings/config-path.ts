import { isAbsolute, join } from "node:path";
import type { CliIo } from "../terminal/cli-io.ts";

/** Where the file of settings is. */
export interface ConfigPath {
  readonly path: string;
  /** It was named, and has to be there. */
  readonly isNamed: boolean;
}

/**
 * `HELIUM_CONFIG`, where an empty one means no file, else `helium/config.json` in `$XDG_CONFIG_HOME` or `~/.config` (XDG Base
 * Directory Specification), on Windows in `%APPDATA%`. No file of the working folder is read: it may be somebody else's.
 */
export function configPath(env: CliIo["env"], platform: NodeJS.Platform = process.platform): ConfigPath | null {
  const named = env["HELIUM_CONFIG"];
  if (named !== undefined) return named === "" ? null : { path: named, isNamed: true };
  const given = env["XDG_CONFIG_HOME"];
  const home = platform === "win32" ? env["USERPROFILE"] : env["HOME"];
  // A relative path is to be ignored, says the specification.
  const folder =
    given !== undefined && isAbsolute(given)
      ? given
      : platform === "win32"
        ? env["APPDATA"]
        : home && join(home, ".config");
  return folder ? { path: join(folder, "helium", "config.json"), isNamed: false } : null;
}
