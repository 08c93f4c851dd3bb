/**
 * `node scripts/supply-chain.ts`: writes docs/licences.md, the licences of everything that the lock file installs. Its test
 * says whether the page is up to date and whether the lock file keeps to the rules of docs/security.md.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { format } from "prettier";

/** What the lock file says of a package. */
export interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
}

export const page = fileURLToPath(new URL("../docs/licences.md", import.meta.url));
const read = (path: string): unknown => JSON.parse(readFileSync(new URL(`../${path}`, import.meta.url), "utf8"));

/** Licences that nothing installed here may have: they would bind users of this repository's own builds. */
const refused = /^(A?GPL|SSPL|BUSL|UNLICENSED)/;

/** Packages from elsewhere, by their place in node_modules; those of this repository are links. */
export function lockedPackages(): readonly (readonly [string, LockedPackage])[] {
  const { packages } = read("package-lock.json") as { readonly packages: Readonly<Record<string, LockedPackage>> };
  return Object.entries(packages).filter(([path, { link }]) => path.includes("node_modules/") && !link);
}

/** The package's own name: what follows the last `node_modules/`. */
export const nameOf = (path: string): string => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);

/** What is wrong with a lock file, a line each. */
export function lockProblems(locked: readonly (readonly [string, LockedPackage])[]): readonly string[] {
  const { allowScripts } = read("package.json") as { readonly allowScripts: Readonly<Record<string, boolean>> };
  return locked.flatMap(([path, { integrity, license, hasInstallScript }]) => {
    const name = nameOf(path);
    const problems: string[] = [];
    if (!integrity?.startsWith("sha512-")) problems.push(`${path}: has no sha512 integrity; install it anew`);
    if (license === undefined || refused.test(license))
      problems.push(`${path}: licence ${license}; use another package`);
    if (hasInstallScript && allowScripts[name] === undefined)
      problems.push(
        `${path}: wants to run a script when it is installed; decide on it in allowScripts of package.json`,
      );
    return problems;
  });
}

/** The page with a row for each licence. */
export async function licencesPage(locked: readonly (readonly [string, LockedPackage])[]): Promise<string> {
  const byLicence = new Map<string, Set<string>>();
  for (const [path, { license = "none given", version }] of locked)
    byLicence.set(license, (byLicence.get(license) ?? new Set()).add(`${nameOf(path)} ${version}`));
  const rows = [...byLicence]
    .sort(([, a], [, b]) => b.size - a.size)
    .map(([licence, names]) => `| ${licence} | ${names.size} | ${[...names].sort().join(", ")} |`);
  const text = `<!-- Written by scripts/supply-chain.ts. -->

# Licences

What \`package-lock.json\` installs to build, test and measure this repository. \`@helium-lm/tensor\` and \`@helium-lm/nn\` depend on
nothing at run time; what \`@helium-lm/helium\` depends on is in its package.json and in this list.

| licence | packages | which |
| --- | --- | --- |
${rows.join("\n")}
`;
  return format(text, { parser: "markdown", printWidth: 120, proseWrap: "preserve" });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(page, await licencesPage(lockedPackages()));
