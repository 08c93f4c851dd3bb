/** Children of a node: with four, half as many levels lie between a key and the root. */
const children = 4;

/** A heap of numbers that gives the smallest first. */
export class MinHeap {
  #keys = new Float64Array(64);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  clear(): void {
    this.#size = 0;
  }

  push(key: number): void {
    if (this.#size === this.#keys.length) {
      const grown = new Float64Array(this.#size * 2);
      grown.set(this.#keys);
      this.#keys = grown;
    }
    const keys = this.#keys;
    let slot = this.#size++;
    while (slot > 0) {
      const parent = Math.floor((slot - 1) / children);
      const above = keys[parent] as number;
      if (above <= key) break;
      keys[slot] = above;
      slot = parent;
    }
    keys[slot] = key;
  }

  /** Removes and returns the smallest key. The heap must not be empty. */
  pop(): number {
    const keys = this.#keys;
    const smallest = keys[0] as number;
    const key = keys[--this.#size] as number;
    const size = this.#size;
    let slot = 0;
    for (let first = 1; first < size; first = children * slot + 1) {
      let child = first;
      let below = keys[first] as number;
      for (let other = first + 1; other < first + children && other < size; other++) {
        const candidate = keys[other] as number;
        if (candidate < below) {
          child = other;
          below = candidate;
        }
      }
      if (key <= below) break;
      keys[slot] = below;
      slot = child;
    }
    keys[slot] = key;
    return smallest;
  }
}
