"""`chainrule walkthrough`: the published figures, as a person reads them."""

from __future__ import annotations

import numpy as np

from chainrule.cli.walkthrough import network, trained
from tests.cli.conftest import Command
from tests.view.test_walkthrough import ERROR_AFTER, ERROR_BEFORE, WEIGHTS_AFTER


def test_the_four_steps_and_ten_thousand_updates(chainrule: Command) -> None:
    result = chainrule("walkthrough")
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    assert f"E: {ERROR_BEFORE} → {ERROR_AFTER}" in lines
    update = lines[next(i for i, line in enumerate(lines) if "4. Update" in line) :]
    new = [line.rpartition("= ")[2] for line in update if line.startswith("w")]
    assert tuple(f"{float(weight):.8f}" for weight in new) == WEIGHTS_AFTER
    assert "── After 10,000 updates " in result.stdout
    assert f"{float(lines[-1].removeprefix('E = ')):.7e}" == "3.5101878e-05"


def test_one_update_is_the_one_that_is_walked_through() -> None:
    model = network()
    trained(model, 1)
    weights = np.concatenate([np.ravel(variable) for variable in model.parameters()])
    assert tuple(f"{weight:.8f}" for weight in weights) == WEIGHTS_AFTER
