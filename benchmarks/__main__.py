"""`make bench`: the quick benchmarks and their ratios (`make bench-prepare`: the preparation)."""

from __future__ import annotations

from benchmarks.pairs import measure
from benchmarks.search import search_pairs


def main() -> None:
    print(f"{'':30} {'ours':>10} {'peer':>10} {'ratio':>7}")
    with search_pairs() as pairs:
        for pair in pairs:
            outcome = measure(pair)
            print(
                f"{pair.title:30} {outcome.ours_s * 1000:7.1f} ms {outcome.peer_s * 1000:7.1f} "
                f"ms {outcome.ratio:7.1f}   {pair.peer}"
            )


if __name__ == "__main__":
    main()
