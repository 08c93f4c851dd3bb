import { expect, test } from "vitest";
import { helper, literal, moduleText, polynomial, wgsl } from "./tag.ts";

const half = helper(wgsl`fn half(x: f32) -> f32 { return 0.5 * x; }`);
const quarter = helper(wgsl`fn quarter(x: f32) -> f32 { return ${half}(${half}(x)); }`);

test("a module holds every helper that it reaches, once, and then what uses them", () => {
  const text = moduleText(wgsl`fn main() { let y = ${quarter}(1) + ${half}(2); }`);
  expect(text.match(/fn \w+/g)?.toSorted()).toEqual(["fn half", "fn main", "fn quarter"]);
  expect(text).toMatch(/fn main\(\) \{ let y = quarter\(1\) \+ half\(2\); \}\n$/);
});

test("fragments bring their helpers along, alone and in lists", () => {
  const lines = [wgsl`let a = ${half}(1);`, wgsl`let b = ${quarter}(a);`];
  const text = moduleText(wgsl`fn main() { ${lines} }`);
  expect(text).toContain("let a = half(1);\nlet b = quarter(a);");
  expect(text).toContain("fn half");
});

test.each([
  "fn f(x: f32) {}",
  "const f = 1;",
  "var<workgroup> f: array<u32, 4>;",
  "struct f { a: u32 }",
  "alias f = u32;",
])("%s is called f", (text) => expect(helper(wgsl`${text}`).name).toBe("f"));

test("two helpers of one name must be one", () => {
  const other = helper(wgsl`fn half(x: f32) -> f32 { return x / 2; }`);
  expect(() => moduleText(wgsl`${half} ${other}`)).toThrow("wgsl: two helpers are called half; rename one");
  expect(() => helper(wgsl`let x = 1;`)).toThrow('wgsl: "let x = 1;" declares nothing');
});

test("numbers become literals that WGSL reads as the same number", () => {
  expect([1, 0.1, -2, -0, 2 ** -126, 2 ** 127].map(literal)).toEqual([
    ...["1", "0.1", "(-2)", "(-0.0)"],
    ...["1.1754943508222875e-38", "1.7014118346046923e+38"],
  ]);
  expect(() => literal(NaN)).toThrow("wgsl: NaN has no literal in WGSL");
  expect(polynomial("x", [1, -2, 3]).text).toBe("(1 + x * ((-2) + x * 3))");
});
