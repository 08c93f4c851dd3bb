import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { root } from "../../../../testing/repository.ts";
import { helium, type Ran } from "../run-helium.ts";

const home = mkdtempSync(join(tmpdir(), "helium-config-"));
const file = join(home, ".config", "helium", "config.json");
afterAll(() => rmSync(home, { recursive: true }));
beforeEach(() => {
  mkdirSync(join(home, ".config", "helium"), { recursive: true });
  rmSync(file, { force: true });
});

const write = (text: string, mode = 0o644): void => {
  writeFileSync(file, text);
  chmodSync(file, mode);
};
const run = (argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> =>
  helium(argv, { env: { HOME: home, ...env }, stdin: [] });
const generated = async (argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Generated> => {
  const { code, out, err } = await run(["generate", "--json", ...argv, "Pour installer"], env);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return JSON.parse(out) as Generated;
};
interface Generated {
  readonly tokens: readonly number[];
  readonly seed: number | null;
  readonly backend: string;
  readonly model: string;
}

describe("settings", () => {
  it("come from the file, the environment and the command line, the last before the first", async () => {
    write('{ "backend": "cpu", "generate": { "maxNewTokens": 5, "seed": 7 } }');
    expect(await generated([])).toMatchObject({ backend: "cpu", seed: 7 });
    expect((await generated([])).tokens).toHaveLength(5);
    const env = { HELIUM_GENERATE_MAX_NEW_TOKENS: "3", HELIUM_BACKEND: "reference" };
    const fromEnvironment = await generated([], env);
    expect(fromEnvironment.backend).toBe("reference");
    expect(fromEnvironment.tokens).toHaveLength(3);
    const fromLine = await generated(["--max-new-tokens", "2", "--backend", "cpu"], env);
    expect(fromLine.backend).toBe("cpu");
    expect(fromLine.tokens).toHaveLength(2);
    // An empty variable is none.
    expect((await generated([], { HELIUM_GENERATE_MAX_NEW_TOKENS: "" })).tokens).toHaveLength(5);
  });

  it("for one command come before those for all", async () => {
    write('{ "backend": "reference", "generate": { "backend": "cpu", "maxNewTokens": 1 } }');
    expect((await generated([])).backend).toBe("cpu");
    expect((await generated([], { HELIUM_BACKEND: "wasm" })).backend).toBe("wasm");
    expect((await generated([], { HELIUM_BACKEND: "cpu", HELIUM_GENERATE_BACKEND: "reference" })).backend).toBe(
      "reference",
    );
  });

  it("give way to what is said instead of them", async () => {
    write('{ "model": "no/such/folder", "generate": { "temperature": 0.9, "maxNewTokens": 2, "backend": "cpu" } }');
    const named = await generated(["--model", "helium-nano", "--greedy"]);
    expect(named.seed).toBe(null);
    expect((await run(["inspect", "helium-nano"])).code).toBe(0);
    expect((await run(["inspect"])).err).toMatch(/^no\/such\/folder: /);
    write('{ "generate": { "greedy": true, "maxNewTokens": 2, "backend": "cpu" } }');
    expect((await generated([])).seed).toBe(null);
    expect((await generated(["--seed", "3"])).seed).toBe(3);
    expect((await generated(["--no-greedy", "--sample"])).seed).not.toBe(null);
    expect((await run(["generate", "--greedy", "--no-greedy", "a"])).err).toMatch(
      /--greedy and --no-greedy contradict each other/,
    );
  });

  it("of another option with the same name are not taken", async () => {
    write('{ "dtype": "q8_0", "strict": true }');
    const { out } = await run(["config", "convert", "--json"]);
    expect(JSON.parse(out)).toMatchObject({ settings: [] });
    const chat = JSON.parse((await run(["config", "chat", "--json"])).out) as { settings: { key: string }[] };
    expect(chat.settings.map(({ key }) => key)).toEqual(["dtype", "strict"]);
  });

  it("may be lists and numbers where the command line has commas", async () => {
    write('{ "threads": 2, "bench": { "nPrompt": [8, 16], "nGen": 0 }, "serve": { "alias": ["a", "b=c"] } }');
    const { out } = await run(["config", "bench", "--json"]);
    expect(JSON.parse(out)).toMatchObject({
      settings: [
        { key: "nPrompt", value: "8,16" },
        { key: "nGen", value: "0" },
        { key: "threads", value: "2" },
      ],
    });
  });

  it("of the README are ones", async () => {
    const readme = readFileSync(`${root}packages/cli/README.md`, "utf8");
    const [, example = ""] = /^```json\n(.*?)^```$/ms.exec(readme) ?? [];
    write(example);
    const { code, out } = await run(["config"]);
    expect(code).toBe(0);
    for (const setting of ["model", "threads", "chat.temperature", "chat.system"])
      expect(out).toContain(`\n  ${setting} `);
  });

  it("may have comments, and a comma behind the last", async () => {
    write('// mine\n{\n  "threads": 2, /* two */\n  "chat": { "temperature": 0.5, },\n}\n');
    expect((await run(["config"])).out).toMatch(
      /config\.json\n  chat\.temperature  0\.5  line 4\n  threads           2    line 3\n$/,
    );
  });
});

describe("a wrong setting", () => {
  it.each<[string, string]>([
    ['{\n  "modle": "a"\n}', `${file}:2: modle: is no setting; did you mean model?`],
    ['{"chat": {\n"temprature": 1}}', `${file}:2: chat.temprature: is no setting; did you mean temperature?`],
    ['{"chat": {"max-new-tokens": 1}}', `${file}:1: chat.max-new-tokens: is no setting; did you mean maxNewTokens?`],
    ['{"chta": {}}', `${file}:1: chta: is no setting; did you mean chat?`],
    ['{"chat": {"temperature": "warm"}}', `${file}:1: chat.temperature: is "warm"; expected a number ≥ 0`],
    ['{"chat": {"temperature": null}}', `${file}:1: chat.temperature: is null; expected a number ≥ 0`],
    ['{"chat": {"greedy": "yes"}}', `${file}:1: chat.greedy: is "yes"; expected true or false`],
    ['{"chat": 1}', `${file}:1: chat: is 1; expected an object with options of helium chat`],
    ['{"threads": [1, 2]}', `${file}:1: threads: is [1,2]; expected a whole number from 1 to 4294967295`],
    ['{"backend": "gpu"}', `${file}:1: backend: is "gpu"; expected one of auto, reference, cpu, `],
    ['{"json": true}', `${file}:1: json: is no setting; `],
    [
      '{"quantize": {"force": true}}',
      `${file}:1: quantize.force: is said on the command line alone; leave it out here`,
    ],
    ['{"help": {"x": 1}}', `${file}:1: help.x: is no setting; this command has none`],
    ['{"threads": 1,\n"threads": 2}', `${file}:2: has "threads" twice; keep one`],
    ["[]", `${file}: is no object; write settings as {"model": "…"}`],
    ['{\n"threads": 1\n"model": "a"}', `${file}:3: is no JSON: `],
    ["", `${file}`],
  ])("%j is named with its line", async (text, message) => {
    write(text);
    const { code, out, err } = await run(["generate", "a"]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err.startsWith(message)).toBe(true);
    expect(err).toMatch(/^[^\n]+\n$/);
  });

  it("of the environment is named by its variable", async () => {
    expect((await run(["generate", "a"], { HELIUM_THREADS: "many" })).err).toBe(
      'HELIUM_THREADS: is "many"; expected a whole number from 1 to 4294967295\n',
    );
    expect((await run(["chat"], { HELIUM_CHAT_GREEDY: "maybe" })).err).toMatch(
      /^HELIUM_CHAT_GREEDY: is "maybe"; expected 1 or 0, true or false\n$/,
    );
    expect((await run(["chat"], { HELIUM_CONFIG: `${home}/none.json` })).err).toMatch(
      /^HELIUM_CONFIG: names .*none\.json, where there is no file; write one, or unset it\n$/,
    );
  });

  it("does not keep help and the lists of commands from being shown", async () => {
    write("{");
    for (const argv of [
      ["--help"],
      ["chat", "--help"],
      ["help", "chat"],
      ["completion", "bash"],
      ["generate", "--version"],
    ])
      expect((await run(argv)).code).toBe(0);
    expect((await run(["chat"], { HELIUM_CONFIG: "" })).code).toBe(0);
  });
});

describe("a secret", () => {
  const keys = '{ "serve": { "apiKey": ["open-sesame"] } }';

  it("in a file that others can read is refused", async () => {
    for (const mode of [0o644, 0o640, 0o604]) {
      write(keys, mode);
      const { code, err } = await run(["generate", "a"]);
      expect(code).toBe(2);
      expect(err).toMatch(
        /has serve\.apiKey, and others can read it \(mode 6\d\d\); chmod 600 it, or put it into the environment \(HELIUM_SERVE_API_KEY\)\n$/,
      );
      expect(err).not.toContain("sesame");
    }
  });

  it("is not shown", async () => {
    write(keys, 0o600);
    for (const argv of [["config"], ["config", "--json"], ["config", "serve"]]) {
      const { code, out } = await run(argv, { HELIUM_SERVE_API_KEY: "open-barley" });
      expect(code).toBe(0);
      expect(out).toContain("HELIUM_SERVE_API_KEY");
      expect(out).not.toMatch(/sesame|barley/);
    }
  });
});

describe("helium config", () => {
  it("shows where the file would be", async () => {
    expect((await run(["config"])).out).toBe(`${file}: not there\n`);
    expect((await run(["config"], { HELIUM_CONFIG: "" })).out).toBe("no file of settings\n");
    expect((await run(["config"], { XDG_CONFIG_HOME: join(home, "x") })).out).toBe(
      `${home}/x/helium/config.json: not there\n`,
    );
  });

  it("shows for a command what counts, and names variables that do nothing", async () => {
    write('{ "threads": 2, "model": "a", "chat": { "model": "b" }, "tag": { "model": "c" } }');
    const { out, err } = await run(["config", "chat"], { HELIUM_THREADS: "3", HELIUM_TREADS: "4" });
    expect(out).toBe(`${file}\n  threads     3  HELIUM_THREADS\n  chat.model  b  line 1\n`);
    expect(err).toBe("HELIUM_TREADS is no setting, and does nothing\n");
    expect((await run(["config", "chta"])).err).toMatch(/unknown command "chta"; .*did you mean chat\?/);
  });
});
