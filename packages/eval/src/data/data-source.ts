import { bytesSource, type ByteSource } from "@helium-lm/nn";
import { DataError } from "../errors.ts";

/** Where files of datasets are: a user's folder, a repository of the hub, or memory. Paths have "/" between their names. */
export interface DataSource {
  /** For messages: the path of the folder, the name of the repository. */
  readonly location: string;
  /** The one repository that all files are of; absent: there may be several, each in a folder of its own. */
  readonly repo?: string;
  /** Paths of the files below a folder of the source ("": all of it), in any order; none where there is no such folder. */
  list(folder: string): Promise<readonly string[]>;
  /** The caller closes it. @throws DataError for a path that is not listed */
  open(path: string): Promise<ByteSource>;
}

/**
 * Files in memory, such as those a user chose in a page.
 *
 * @param files content by path
 */
export function filesData(files: Readonly<Record<string, Uint8Array>>, location = "the given files"): DataSource {
  const all = new Map(Object.entries(files));
  return {
    location,
    list: async (folder) => [...all.keys()].filter((path) => isBelow(path, folder)),
    open: async (path) => {
      const bytes = all.get(path);
      if (bytes === undefined) throw new DataError(path, `is not among ${location}; give it too`);
      return bytesSource(bytes, path);
    },
  };
}

export const isBelow = (path: string, folder: string): boolean => folder === "" || path.startsWith(`${folder}/`);
