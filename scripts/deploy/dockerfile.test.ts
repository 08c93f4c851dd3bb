import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { root } from "../../testing/repository.ts";
import { deployed } from "./manifest-files.ts";

// An image cannot be built where there is no daemon; what it is made of can be looked at.
const dockerfile = deployed("container/Dockerfile");

const packageOf = (folder: string): { readonly version: string; readonly name: string; readonly bin?: object } =>
  JSON.parse(readFileSync(`${root}${folder}/package.json`, "utf8")) as {
    readonly version: string;
    readonly name: string;
    readonly bin?: object;
  };

it("installs packages that there are, of this version, and starts a program of theirs", () => {
  const [cli, nano] = [packageOf("packages/cli"), packageOf("models/helium-nano")];
  expect(dockerfile).toContain(`ARG HELIUM_LM_VERSION=${cli.version}\n`);
  expect(nano.version).toBe(cli.version);
  const installed = [...dockerfile.matchAll(/(\S+)@\$\{HELIUM_LM_VERSION\}/g)].map(([, name]) => name);
  expect(installed).toEqual([cli.name, nano.name]);
  const [, program = ""] = /node_modules\/\.bin\/(\w+)"\]/.exec(dockerfile) ?? [];
  expect(Object.keys(cli.bin ?? {})).toContain(program);
});

it("runs as a user that is not root, whom Kubernetes knows by the same number", () => {
  const [, user] = /^USER (\d+):\d+$/m.exec(dockerfile) ?? [];
  expect(deployed("kubernetes/deployment.yaml")).toContain(`runAsUser: ${user}\n`);
});
