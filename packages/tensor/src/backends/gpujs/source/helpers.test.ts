import { expect, test } from "vitest";
import { helpers } from "./helpers.ts";

test.each(Object.entries(helpers))(
  "%s is the source of a function of that name and names all it calls",
  (name, helper) => {
    const { source, argumentTypes, uses } = helper;
    const [, declared, parameters = ""] = /^function (\w+)\(([^)]*)\)/.exec(source) ?? [];
    expect(declared).toBe(name);
    expect(parameters.split(",")).toHaveLength(argumentTypes.length);
    const body = source.slice(source.indexOf("{"));
    const calls = [...body.matchAll(/(?<![.\w])(\w+)\(/g)].map(([, called]) => called);
    const others = new Set(calls.filter((called) => called !== "if" && called !== "for"));
    expect([...others].sort()).toEqual([...uses].sort());
  },
);
