/** The folder of a repository in a cache, as all Hugging Face tools name it. */
export const repoFolderName = (repo: string): string => `models--${repo.replaceAll("/", "--")}`;

/** The repository of such a folder; null for other folders. */
export function repoOfFolder(folder: string): string | null {
  const [, owner, name] = /^models--(.+?)--(.+)$/.exec(folder) ?? [];
  return owner === undefined || name === undefined ? null : `${owner}/${name}`;
}
