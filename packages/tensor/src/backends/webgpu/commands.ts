import { BackendError } from "../../errors.ts";
import type { DeviceBuffer } from "./storages/buffers.ts";
import type { Device } from "./device/device.ts";
import type { Dispatch } from "./dispatch.ts";
import { ParamRing } from "./params.ts";
import type { Clock } from "./profiling/clock.ts";

/** Commands after which a batch is submitted, so that the device need not wait for the last of them. */
const BATCH = 64;

/** What queued work writes: its error is found out later. */
export interface Failable {
  failure: Error | null;
}

/** What was made of what, by a command or by the host. */
interface Flow {
  readonly output: Failable;
  readonly inputs: readonly Failable[];
  /** Where the host wrote to; null: a command did. */
  readonly uploadedTo: DeviceBuffer | null;
  /** All of the output is new. */
  readonly isWhole: boolean;
}

/** What was done since the backend began. */
export interface CommandCounts {
  readonly dispatches: number;
  readonly copies: number;
  readonly submits: number;
  /** Of all dispatches: see `Traffic`. */
  readonly bytesRead: number;
  readonly bytesWritten: number;
}

/**
 * Encodes commands into one open compute pass and submits them in batches. Errors of the device come later and tell no
 * command: what a batch wrote is taken for lost, and what was made of that since.
 */
export class Commands {
  readonly params: ParamRing;
  /** While work is profiled: takes the time of each dispatch. */
  clock: Clock | null = null;
  readonly #device: Device;
  readonly #debug: boolean;
  #encoder: GPUCommandEncoder | null = null;
  #pass: GPUComputePassEncoder | null = null;
  /** Number of the open batch. */
  #batch = 0;
  #inBatch = 0;
  #names: string[] = [];
  /** What the batches whose outcome is not known yet wrote, by number, in order. */
  readonly #flows = new Map<number, Flow[]>([[0, []]]);
  /** There was no room for a buffer, which no refused batch has told of yet. */
  #noRoom: BackendError | null = null;
  #outcome: Promise<void> = Promise.resolve();
  readonly #unreported = new Set<Error>();
  #dispatches = 0;
  #copies = 0;
  #submits = 0;
  #bytesRead = 0;
  #bytesWritten = 0;

  constructor(device: Device, debug: boolean) {
    this.#device = device;
    this.#debug = debug;
    this.params = new ParamRing(device);
    this.#openScopes();
  }

  get counts(): CommandCounts {
    return {
      ...{ dispatches: this.#dispatches, copies: this.#copies, submits: this.#submits },
      ...{ bytesRead: this.#bytesRead, bytesWritten: this.#bytesWritten },
    };
  }

  /** Notes what a command of the open batch writes, and of what. */
  writes(output: Failable, inputs: readonly Failable[] = []): void {
    this.#flows.get(this.#batch)?.push({ output, inputs, uploadedTo: null, isWhole: false });
  }

  /** Notes what the host writes, which is there also when the device refuses the open batch. */
  uploads(output: Failable, buffer: DeviceBuffer, isWhole: boolean): void {
    this.#flows.get(this.#batch)?.push({ output, inputs: [], uploadedTo: buffer, isWhole });
  }

  /** Notes that there is no room for a buffer: commands that use it are refused. */
  noRoom(message: string): BackendError {
    this.#noRoom ??= failureOf("webgpu", message, true);
    this.#unreported.add(this.#noRoom);
    return this.#noRoom;
  }

  /** Notes that the open batch uses a buffer. */
  uses(buffer: DeviceBuffer): void {
    buffer.batch = this.#batch;
  }

  /** Whether commands that are not submitted yet use a buffer: what the queue writes now would come before them. */
  isPending(buffer: DeviceBuffer): boolean {
    return buffer.batch === this.#batch && this.#encoder !== null;
  }

  dispatch(command: Dispatch): void {
    this.#encode(command);
    this.#inBatch++;
    if (this.#debug) this.#names.push(command.pipeline.shader.name);
    if (this.#debug || this.#inBatch >= BATCH || this.params.isFull) this.flush();
  }

  /** Copies bytes, a multiple of 4 at multiples of 4. */
  copy(from: DeviceBuffer, fromOffset: number, to: GPUBuffer, toOffset: number, bytes: number): void {
    this.#closePass();
    this.uses(from);
    this.#open().copyBufferToBuffer(from.gpu, fromOffset, to, toOffset, bytes);
    this.#copies++;
  }

  /** Encodes commands again that were noted, with parameters of their own, into the open pass. */
  replay(commands: readonly Dispatch[], buffers: readonly DeviceBuffer[]): void {
    if (commands.length === 0) return;
    for (const buffer of buffers) this.uses(buffer);
    for (const command of commands) this.#encode(command);
  }

  /** Writes bytes to the start of a buffer that no pending command uses; those behind them in the last word become 0. */
  upload({ gpu: buffer }: DeviceBuffer, bytes: Uint8Array, offset = 0): void {
    const { queue } = this.#device.gpu;
    const whole = bytes.length - (bytes.length % 4);
    if (whole > 0) queue.writeBuffer(buffer, offset, bytes, 0, whole);
    if (whole === bytes.length) return;
    const last = new Uint8Array(4);
    last.set(bytes.subarray(whole));
    queue.writeBuffer(buffer, offset + whole, last);
  }

  /** Submits what is encoded. */
  flush(): void {
    if (!this.#encoder) return;
    this.#closePass();
    this.params.write();
    this.#device.gpu.queue.submit([this.#encoder.finish()]);
    this.#submits++;
    this.#encoder = null;
    this.#inBatch = 0;
    const [batch, names] = [this.#batch++, this.#names];
    this.#names = [];
    this.#flows.set(this.#batch, []);
    const errors = this.#closeScopes();
    this.#openScopes();
    this.#outcome = this.#outcome.then(async () => {
      const error = await errors;
      if (error) this.#fail(batch, error, names);
      this.#flows.delete(batch);
    });
  }

  /** Resolves when the errors of all that was submitted are known. */
  settled(): Promise<void> {
    return this.#outcome;
  }

  /** Resolves when all work is done. @throws the first error that nobody was told of */
  async finish(): Promise<void> {
    // What was uploaded since the last command may have failed.
    if (this.#flows.get(this.#batch)?.length) this.#open();
    this.flush();
    try {
      await this.#device.gpu.queue.onSubmittedWorkDone();
    } catch (cause) {
      await this.#device.checkAfterFailure("synchronize");
      throw new BackendError("synchronize", "the device does not tell when its work is done", {}, { cause });
    }
    await this.#outcome;
    const [error] = this.#unreported;
    this.#unreported.clear();
    this.#noRoom = null;
    if (error) throw error;
  }

  /** Somebody is told of an error. */
  reported(error: Error): void {
    this.#unreported.delete(error);
  }

  #encode(command: Dispatch): void {
    const { pipeline, group, offset, x, y, traffic } = command;
    if (this.clock) this.#closePass();
    const pass = (this.#pass ??= this.#open().beginComputePass(this.clock?.pass(command)));
    pass.setPipeline(pipeline.gpu);
    pass.setBindGroup(0, group, [offset]);
    pass.dispatchWorkgroups(x, y);
    this.#dispatches++;
    this.#bytesRead += traffic.read;
    this.#bytesWritten += traffic.written;
    if (this.clock?.kind !== "submits") return;
    this.flush();
    this.clock.submitted();
  }

  #open(): GPUCommandEncoder {
    return (this.#encoder ??= this.#device.gpu.createCommandEncoder());
  }

  #closePass(): void {
    this.#pass?.end();
    this.#pass = null;
  }

  #openScopes(): void {
    this.#device.gpu.pushErrorScope("validation");
    this.#device.gpu.pushErrorScope("out-of-memory");
  }

  async #closeScopes(): Promise<GPUError | null> {
    const { gpu } = this.#device;
    // A device that is lost has no scopes; what is read from it fails by itself.
    const none = (): null => null;
    const [memory, validation] = [gpu.popErrorScope().catch(none), gpu.popErrorScope().catch(none)];
    return (await memory) ?? (await validation);
  }

  #fail(batch: number, { message, constructor }: GPUError, names: readonly string[]): void {
    const isMemory = constructor.name === "GPUOutOfMemoryError";
    const noRoom = this.#noRoom ?? this.#flows.get(batch)?.find((flow) => flow.uploadedTo?.noRoom)?.uploadedTo?.noRoom;
    const failure = noRoom ?? failureOf(names.length > 0 ? names.join(", ") : "webgpu", message, isMemory);
    this.#noRoom = null;
    const isLost = ({ inputs, uploadedTo }: Flow, number: number): boolean =>
      number === batch
        ? uploadedTo === null || uploadedTo.noRoom !== null || isMemory
        : inputs.some((input) => input.failure === failure);
    for (const [number, flows] of this.#flows)
      for (const flow of number < batch ? [] : flows)
        if (isLost(flow, number)) flow.output.failure ??= failure;
        else if (flow.isWhole && flow.output.failure === failure) flow.output.failure = null;
    this.#unreported.add(failure);
  }
}

function failureOf(subject: string, said: string, outOfMemory: boolean): BackendError {
  const message = said.trim();
  const what = outOfMemory
    ? "the device is out of memory; free tensors, or use a smaller dtype or another backend"
    : "the device refused a command";
  return new BackendError(subject, `${what} (${message})`, { message, outOfMemory });
}
