package io.github.openai_grpc;

import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A list that the upstream gives page by page. Each iteration starts at the first page, and asks for the next one when
 * it gets there.
 *
 * @param <P> what a page is
 * @param <T> what the list is of
 */
public final class Pages<P, T> implements Iterable<T> {
  private final Function<Optional<String>, P> fetch;
  private final Function<P, List<T>> items;
  private final Function<P, Optional<String>> next;

  Pages(Function<Optional<String>, P> fetch, Function<P, List<T>> items, Function<P, Optional<String>> next) {
    this.fetch = fetch;
    this.items = items;
    this.next = next;
  }

  /** Returns the id after which the next page begins, or nothing after the last page. */
  static <T> Optional<String> last(boolean more, String lastId, List<T> data, Function<T, String> idOf) {
    String last = lastId.isEmpty() && !data.isEmpty() ? idOf.apply(data.get(data.size() - 1)) : lastId;
    return more && !last.isEmpty() ? Optional.of(last) : Optional.empty();
  }

  /** Returns the items of all pages. */
  @Override
  public Iterator<T> iterator() {
    var pages = pages().iterator();
    return new Iterator<>() {
      private Iterator<T> here = Collections.emptyIterator();

      @Override
      public boolean hasNext() {
        while (!here.hasNext() && pages.hasNext()) {
          here = items.apply(pages.next()).iterator();
        }
        return here.hasNext();
      }

      @Override
      public T next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        return here.next();
      }
    };
  }

  /** Returns the items of all pages as a stream. */
  public Stream<T> stream() {
    return StreamSupport.stream(spliterator(), false);
  }

  /** Returns the pages themselves. */
  public Iterable<P> pages() {
    return () ->
        new Iterator<>() {
          private Optional<String> after = Optional.empty();
          private boolean more = true;

          @Override
          public boolean hasNext() {
            return more;
          }

          @Override
          public P next() {
            if (!more) {
              throw new NoSuchElementException();
            }
            P page = fetch.apply(after);
            Optional<String> last = next.apply(page);
            more = last.isPresent() && !last.equals(after); // a server that repeats a page would never end
            after = last;
            return page;
          }
        };
  }
}
