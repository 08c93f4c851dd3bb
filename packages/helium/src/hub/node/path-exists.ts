/** Whether there is a file or folder of that path; never in a page. */
export async function pathExists(path: string): Promise<boolean> {
  if (typeof process !== "object" || typeof process.versions?.node !== "string") return false;
  const { access } = await import("node:fs/promises");
  return access(path).then(
    () => true,
    () => false,
  );
}
