import { isNode, nodeModule } from "@helium-lm/tensor";
import type { NodeHost } from "./node-host.ts";

/** Whether there is a file or folder of that path; a link that leads nowhere is none. */
export const exists = ({ fs }: Pick<NodeHost, "fs">, path: string): Promise<boolean> =>
  fs.stat(path).then(
    () => true,
    () => false,
  );

/** The same in Node; false in a page. */
export async function pathExists(path: string): Promise<boolean> {
  return isNode() && exists({ fs: await nodeModule<NodeHost["fs"]>("fs/promises") }, path);
}
