"""`make bench-inference`: the network run as trained, folded, compiled and in the fast mode."""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from pathlib import Path

import orjson

from benchmarks.inference.contenders import Contender, contenders
from benchmarks.inference.judging import difference
from benchmarks.inference.report import Circumstances, Measured, Row, document, markdown
from benchmarks.inference.scenes import Scene, simulated_scene
from benchmarks.preparation.__main__ import insert
from catalog.atomic import write_bytes
from pipeline.inference.choices import Device
from pipeline.network.choice import choose_model
from pipeline.network.hedunet import HedUnet
from pipeline.network.weights import load_model, network_from_file
from pipeline.probability import Probabilities

FLOP_PER_KM2 = 37.78e9 * 2 / (768 * 768) / 0.04**2  # of the network with 16 base channels


def main() -> None:
    asked = _arguments()
    network, model = _network(asked.weights)
    ways = contenders(asked.threads, Device(asked.device), compiled=asked.compiled)
    scenes = []
    for seed in asked.seed:
        scene = simulated_scene(seed, asked.side, network.architecture.channels)
        scenes.append(_measured(scene, network, ways, asked.rounds))
        print(f"scene {seed} is measured", file=sys.stderr, flush=True)
    under = Circumstances.now(model, asked.rounds, asked.threads, asked.device)
    text = markdown(scenes, under)
    print(text)
    if asked.peak:
        _print_share_of_peak(scenes, network, asked.peak)
    if asked.markdown:
        insert(asked.markdown, text)
    if asked.json:
        write_bytes(asked.json, orjson.dumps(document(scenes, under), option=orjson.OPT_INDENT_2))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.inference", description=__doc__)
    parser.add_argument("--side", type=int, default=3072, help="of the scenes, in pixels")
    parser.add_argument("--seed", type=int, action="append", help="of a scene; several: 1, 2, 3")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--compiled", action="store_true", help="compile, which takes minutes")
    parser.add_argument("--weights", type=Path, help="default: the model for HH")
    parser.add_argument("--peak", type=float, help="TFLOP/s of the device: prints our share of it")
    parser.add_argument("--markdown", type=Path, help="page whose results are replaced")
    parser.add_argument("--json", type=Path)
    found = parser.parse_args()
    found.seed = found.seed or [1, 2, 3]
    return found


def _network(weights: Path | None) -> tuple[HedUnet, str]:
    if weights is not None:
        return network_from_file(weights), weights.stem
    model = load_model(choose_model(("HH",)).path)
    return model.network, model.card.id


def _measured(scene: Scene, network: HedUnet, ways: list[Contender], rounds: int) -> Measured:
    runs = [way.bound(scene, network) for way in ways]
    found: list[list[Probabilities]] = [[] for _ in ways]
    seconds: list[list[float]] = [[] for _ in ways]
    for _ in range(rounds):
        for number, run in enumerate(runs):
            begun = time.perf_counter()
            found[number] = [run()]
            seconds[number].append(time.perf_counter() - begun)
    reference = found[0][0]
    rows = []
    for way, ((result,), taken) in zip(ways, zip(found, seconds, strict=True), strict=True):
        ratios = [eager / own for eager, own in zip(seconds[0], taken, strict=True)]
        middle = statistics.median(taken)
        rows.append(
            Row(
                way.name,
                way.what,
                middle,
                statistics.median(ratios),
                scene.area_km2 / middle,
                difference(result, reference, scene.grid),
            )
        )
    side = scene.grid.width
    return Measured(f"Scene {scene.seed}, {side:,} x {side:,} pixels of 40 m", tuple(rows))


def _print_share_of_peak(scenes: list[Measured], network: HedUnet, peak_tflops: float) -> None:
    flop_per_km2 = FLOP_PER_KM2 * (network.architecture.base_channels / 16) ** 2
    for scene in scenes:
        for row in scene.rows:
            share = row.km2_per_s * flop_per_km2 / (peak_tflops * 1e12)
            print(f"{scene.title}, {row.name}: {row.km2_per_s:,.0f} km2/s, {share:.2%} of peak")


if __name__ == "__main__":
    main()
