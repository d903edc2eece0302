"""`make bench`: run every benchmark and print the ratios."""

from __future__ import annotations

from benchmarks.pairs import measure
from benchmarks.search import search_pairs


def main() -> None:
    with search_pairs() as pairs:
        for pair in pairs:
            outcome = measure(pair)
            print(
                f"{pair.title:36} ours {outcome.ours_s * 1000:8.2f} ms   "
                f"{pair.peer} {outcome.peer_s * 1000:8.2f} ms   ratio {outcome.ratio:6.1f}"
            )


if __name__ == "__main__":
    main()
