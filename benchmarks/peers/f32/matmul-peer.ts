/** A library that multiplies f32 matrices. */
export interface MatmulPeer {
  readonly contender: string;
  /** @throws PeerMissing when it is not installed or does not run here */
  readonly start: (
    left: Float32Array,
    right: Float32Array,
    size: number,
  ) => Promise<{ readonly run: () => unknown; readonly version: string }>;
}
