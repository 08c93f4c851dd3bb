/** One line about matrices that one thread quantised although more were to, or null where that was not so. */
export const oneThreadNote = (reason: string | null | undefined): string | null =>
  reason === null || reason === undefined
    ? null
    : `quantised on one thread, since no worker starts here (${reason}); allow workers to have all threads do it`;
