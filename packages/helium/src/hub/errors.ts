import { ModelLoadError } from "../errors.ts";

/** A model that cannot be had from the hub; the subject is the repository, one of its files, or the cache's. */
export class HubError extends ModelLoadError {}

/** No such repository, revision or file. */
export class HubNotFoundError extends HubError {}

/** A repository that needs a token, another token, or its owner's consent. */
export class HubAccessError extends HubError {}

/** The hub cannot be reached, asks to wait too long, or failed again and again. */
export class HubUnavailableError extends HubError {}

/** The network is not to be used, or cannot be, and the cache lacks a file. */
export class HubOfflineError extends HubError {}

/** Bytes, lengths or names that differ from what the hub lists. */
export class HubIntegrityError extends HubError {}

/** A cache that cannot be read or written: no space, no permission, no such storage in this browser. */
export class HubStorageError extends HubError {}
