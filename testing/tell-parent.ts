/**
 * Sends a message to the process that forked this one; resolves when all of it is on its way. A parent that is held up takes
 * no more than the channel holds, and what waits in this process is lost where it disconnects or ends.
 */
export const tellParent = (message: object): Promise<void> =>
  new Promise((resolve, reject) => {
    process.send?.(message, (error: Error | null) => (error ? reject(error) : resolve()));
  });
