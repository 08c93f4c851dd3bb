import { ArgumentError } from "../../../errors.ts";

/** A piece of WGSL and the helpers that it names. */
export class Fragment {
  readonly text: string;
  readonly uses: readonly Helper[];

  constructor(text: string, uses: readonly Helper[] = []) {
    this.text = text;
    this.uses = uses;
  }
}

/** A declaration of module scope (`fn`, `const`, `var`, `struct`, `alias`) that comes along with every fragment that names it. */
export class Helper {
  readonly name: string;
  readonly declaration: Fragment;

  constructor(name: string, declaration: Fragment) {
    this.name = name;
    this.declaration = declaration;
  }
}

export type Part = string | number | boolean | Fragment | Helper | readonly Fragment[];

/**
 * WGSL as a template. A helper stands for its name and comes along, a fragment for its text, a list of fragments for one line
 * each, a number for a literal that gives the same f32 or integer.
 */
export function wgsl(strings: TemplateStringsArray, ...parts: readonly Part[]): Fragment {
  const uses: Helper[] = [];
  let text = strings[0] ?? "";
  parts.forEach((part, i) => {
    text += textOf(part, uses) + (strings[i + 1] ?? "");
  });
  return new Fragment(text, uses);
}

function textOf(part: Part, uses: Helper[]): string {
  if (part instanceof Helper) {
    uses.push(part);
    return part.name;
  }
  if (part instanceof Fragment) {
    uses.push(...part.uses);
    return part.text;
  }
  if (typeof part === "number") return literal(part);
  if (typeof part === "object") return part.map((one) => textOf(one, uses)).join("\n");
  return String(part);
}

/** A number as WGSL has it, negative ones in parentheses. @throws ArgumentError for those that have no literal */
export function literal(value: number): string {
  if (!Number.isFinite(value))
    throw new ArgumentError("wgsl", `${value} has no literal in WGSL; expected a finite number`, { given: value });
  if (Object.is(value, -0)) return "(-0.0)";
  return value < 0 ? `(${value})` : String(value);
}

/** Names a declaration: `helper(wgsl`fn half(x: f32) -> f32 { return 0.5 * x; }`)`. */
export function helper(declaration: Fragment): Helper {
  const name = /^\s*(?:@[^\n]*?\s)?(?:fn|const|override|var(?:<[^>]*>)?|struct|alias)\s+(\w+)/.exec(
    declaration.text,
  )?.[1];
  if (name === undefined)
    throw new ArgumentError(
      "wgsl",
      `"${declaration.text.slice(0, 40)}" declares nothing; begin with fn, const or the like`,
    );
  return new Helper(name, declaration);
}

/** As `helper`, of several declarations by name: a family whose members are written in the same way. */
export function helpers<Name extends string>(
  names: readonly Name[],
  declare: (name: Name) => Fragment,
): { readonly [K in Name]: Helper } {
  return Object.fromEntries(names.map((name) => [name, helper(declare(name))])) as { [K in Name]: Helper };
}

/** `c₀ + x(c₁ + x(c₂ + …))` as an expression in the variable `x`. */
export function polynomial(x: string, coefficients: readonly number[]): Fragment {
  const [first = 0, ...rest] = coefficients;
  return rest.length === 0 ? wgsl`${first}` : wgsl`(${first} + ${x} * ${polynomial(x, rest)})`;
}

/**
 * The text of a module: every helper that is reached, once, then the fragment itself.
 *
 * @param instead helpers that are declared otherwise in this module
 * @throws ArgumentError when two helpers of one name differ
 */
export function moduleText(main: Fragment, instead: ReadonlyMap<Helper, Fragment> = new Map()): string {
  const found = new Map<string, string>();
  const visit = ({ uses }: Fragment): void => {
    for (const helper of uses) {
      const { name } = helper;
      const declaration = instead.get(helper) ?? helper.declaration;
      const known = found.get(name);
      if (known !== undefined && known !== declaration.text)
        throw new ArgumentError("wgsl", `two helpers are called ${name}; rename one`, { name });
      if (known !== undefined) continue;
      found.set(name, declaration.text);
      visit(declaration);
    }
  };
  visit(main);
  return [...found.values(), main.text].map((text) => text.trim()).join("\n\n") + "\n";
}
