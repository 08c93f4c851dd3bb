interface Arrived<T> {
  readonly at: number;
  readonly result: IteratorResult<T>;
}

/**
 * The items of several streams, in the order in which they come. When one fails, or the reader leaves, all are left.
 */
export function mergeStreams<T>(streams: readonly AsyncIterable<T>[]): AsyncIterable<T> {
  const [only] = streams;
  return only && streams.length === 1 ? only : merged(streams);
}

async function* merged<T>(streams: readonly AsyncIterable<T>[]): AsyncGenerator<T, void, undefined> {
  const readers = streams.map((stream) => stream[Symbol.asyncIterator]());
  const arrived: Arrived<T>[] = [];
  let failure: { readonly error: unknown } | null = null;
  let wake = (): void => undefined;
  const ask = (at: number): void => {
    (readers[at] as AsyncIterator<T>).next().then(
      (result) => {
        arrived.push({ at, result });
        wake();
      },
      (error: unknown) => {
        failure ??= { error };
        wake();
      },
    );
  };
  try {
    readers.forEach((_, at) => ask(at));
    for (let open = readers.length; open > 0;) {
      const next = arrived.shift();
      if (failure) throw (failure as { readonly error: unknown }).error;
      if (!next) await new Promise<void>((resolve) => (wake = resolve));
      else if (next.result.done === true) open--;
      else {
        ask(next.at);
        yield next.result.value;
      }
    }
  } finally {
    await Promise.all(readers.map(async (reader) => reader.return?.()));
  }
}
