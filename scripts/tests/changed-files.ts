import { execFileSync } from "node:child_process";

/** Files that differ from a revision, and those that git does not know yet; paths from the root. */
export function changedFiles(root: string, revision: string): readonly string[] {
  const git = (...args: string[]): string[] =>
    execFileSync("git", args, { cwd: root, encoding: "utf8" }).split("\n").filter(Boolean);
  return [
    ...git("diff", "--name-only", "--diff-filter=d", "--relative", revision),
    ...git("ls-files", "--others", "--exclude-standard"),
  ];
}
