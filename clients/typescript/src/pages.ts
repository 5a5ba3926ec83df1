/** Lists that come in pages. */
import type { Message } from "@bufbuild/protobuf";

/** One page of a list. */
export interface Page<T> extends Message {
  data: T[];
  lastId?: string | undefined;
  hasMore?: boolean | undefined;
}

/**
 * A list, whose pages are fetched as they are reached. A loop over it yields the items; each loop begins anew.
 *
 * @typeParam T The items.
 * @typeParam P The pages, as the gateway sends them.
 */
export class Pages<T, P extends Page<T>> implements AsyncIterable<T> {
  /** @internal */
  constructor(private readonly fetch: (after: string | undefined) => Promise<P>) {}

  /** Yields the pages. */
  async *pages(): AsyncGenerator<P, void, undefined> {
    let after: string | undefined;
    for (;;) {
      const page = await this.fetch(after);
      yield page;
      const last = page.lastId ?? (page.data.at(-1) as { id?: string } | undefined)?.id;
      if (!page.hasMore || last === undefined || last === after) {
        return;
      }
      after = last;
    }
  }

  /** Returns the first page. */
  first(): Promise<P> {
    return this.fetch(undefined);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for await (const page of this.pages()) {
      yield* page.data;
    }
  }
}
