import { expect, it } from "vitest";
import { configPath } from "./config-path.ts";

it("is the one that HELIUM_CONFIG names, or none", () => {
  const env = { HELIUM_CONFIG: "mine.json", XDG_CONFIG_HOME: "/x", HOME: "/home/a" };
  expect(configPath(env, "linux")).toEqual({ path: "mine.json", isNamed: true });
  expect(configPath({ ...env, HELIUM_CONFIG: "" }, "linux")).toBe(null);
});

it("is where XDG's specification has it, and a relative folder is ignored", () => {
  expect(configPath({ XDG_CONFIG_HOME: "/x", HOME: "/home/a" }, "linux")?.path).toBe("/x/helium/config.json");
  expect(configPath({ XDG_CONFIG_HOME: "x", HOME: "/home/a" }, "linux")?.path).toBe(
    "/home/a/.config/helium/config.json",
  );
  expect(configPath({ HOME: "/home/a" }, "darwin")?.path).toBe("/home/a/.config/helium/config.json");
  expect(configPath({}, "linux")).toBe(null);
});

it("is in the user's roaming folder on Windows", () => {
  expect(configPath({ APPDATA: "/roaming", HOME: "/home/a" }, "win32")?.path).toBe("/roaming/helium/config.json");
});
