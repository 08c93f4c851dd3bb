/** Most tries for a folder that others make at the same time. */
const ATTEMPTS = 10;

/**
 * The folder of that name, made where there is none. Chromium refuses a name (`TypeError: Name is not allowed`, or
 * `InvalidStateError`) while another call makes it, in this page or another one: so one page at a time makes a folder, and
 * what fails all the same is tried again.
 */
export async function folderIn(parent: FileSystemDirectoryHandle, name: string): Promise<FileSystemDirectoryHandle> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await existing(parent, name);
    } catch (error) {
      if (attempt === ATTEMPTS || !isMomentary(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 2 ** attempt));
    }
  }
}

async function existing(parent: FileSystemDirectoryHandle, name: string): Promise<FileSystemDirectoryHandle> {
  try {
    return await parent.getDirectoryHandle(name);
  } catch (error) {
    if (!(error instanceof DOMException) || error.name !== "NotFoundError") throw error;
    return navigator.locks.request("helium-hub:folders", () => parent.getDirectoryHandle(name, { create: true }));
  }
}

const isMomentary = (error: unknown): boolean =>
  error instanceof TypeError || (error instanceof DOMException && error.name === "InvalidStateError");
