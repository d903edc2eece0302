"""`icelines doctor`: is this machine fit to find fronts, and does it find the same ones?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from catalog.cli.context import CommandContext, json_option, pass_context
from catalog.cli.output import show_result, warn

if TYPE_CHECKING:
    from pipeline.machine import Machine
    from pipeline.machine_faults import MachineFault
    from pipeline.run_doctor import Finding

DONE, FAILED = 0, 1
GIGABYTE = 1e9


@click.command()
@click.option(
    "--weights",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Weights with their card (default: all models that come with IceLines).",
)
@click.option(
    "--device",
    type=click.Choice(["cpu", "cuda"]),
    help="Where to run the models (default: cuda where there is one).",
)
@json_option
@pass_context
def doctor(
    context: CommandContext, weights: tuple[Path, ...], device: str | None, as_json: bool
) -> int:
    """Look at drivers, libraries and processor, and let the models draw a known line again.

    Fails when a line lies more than 1 m, in the mean, from where it was when the model was
    trained. Driver updates are what breaks such a system: run this after each.

    \b
    Example:
      icelines doctor
    """
    import torch

    from pipeline.machine import look_at_machine
    from pipeline.machine_faults import machine_faults
    from pipeline.network.choice import model_paths
    from pipeline.run_doctor import Health, best_device, examine_models

    machine = look_at_machine(context.settings.workspace.root)
    faults = machine_faults(machine)
    chosen = torch.device(device) if device else best_device()
    findings = examine_models(weights or model_paths(), chosen)
    passed = all(finding.health is not Health.FAIL for finding in findings)
    for fault in () if as_json else faults:
        warn(f"Warning: {fault.fault} {fault.remedy}")
    document = {
        "machine": asdict(machine),
        "warnings": [asdict(fault) for fault in faults],
        "models": [asdict(finding) for finding in findings],
        "passed": passed,
    }
    show_result(doctor_text(machine, faults, findings), document, as_json=as_json)
    return DONE if passed else FAILED


def doctor_text(
    machine: Machine, faults: Sequence[MachineFault], findings: Sequence[Finding]
) -> str:
    """For people: the facts, then a verdict for each model."""
    lines = [f"{name:12} {value}" for name, value in _facts(machine)]
    lines.append("")
    for finding in findings:
        lines.append(
            f"{finding.health.upper():12} {finding.model} on {finding.device}: {finding.said}"
        )
        if finding.remedy:
            lines.append(f"{'':12} {finding.remedy}")
    if not findings:
        lines.append("No models. Train one with `icelines model train`.")
    if faults:
        lines.append(f"{len(faults)} warnings, see above.")
    return "\n".join(lines)


def _facts(machine: Machine) -> list[tuple[str, str]]:
    graphics, libraries = machine.graphics, machine.libraries
    features = ", ".join(machine.features) or "none of those that matter"
    maths = [
        name for name, has in (("oneDNN", machine.has_onednn), ("MKL", machine.has_mkl)) if has
    ]
    return [
        ("System", f"{machine.system}, Python {machine.python}"),
        ("Processor", f"{machine.processor}, {machine.cores} cores, {machine.threads} threads"),
        ("Features", f"{features}; torch uses {machine.torch_capability}"),
        ("Memory", f"{machine.memory_bytes / GIGABYTE:.1f} GB"),
        ("Disk", f"{machine.disk_free_bytes / GIGABYTE:.1f} GB free for {machine.workspace}"),
        ("Graphics", ", ".join(graphics.devices) or "none that torch can use"),
        ("Driver", graphics.driver or "none"),
        ("CUDA", f"torch built for {graphics.built_for}" if graphics.built_for else "not built in"),
        ("cuDNN", str(graphics.cudnn or "not in use")),
        ("Maths", ", ".join(maths) or "neither oneDNN nor MKL"),
        ("Libraries", ", ".join(f"{name} {version}" for name, version in libraries.items())),
        ("PROJ data", machine.proj_data or "missing"),
    ]
