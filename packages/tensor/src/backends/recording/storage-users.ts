/** Told when what it relies on is gone. */
export interface StorageUser {
  storageChanged(reason: string): void;
}

/** Memory from outside the work that is recorded. */
export interface LoggedStorage {
  readonly isReleased: boolean;
  /** Recordings whose commands use it. */
  readonly users: Set<StorageUser>;
}

/** Recordings that rely on a storage as it was are over. */
export function tellUsers({ users }: LoggedStorage, reason: string): void {
  for (const user of users) user.storageChanged(reason);
  users.clear();
}
