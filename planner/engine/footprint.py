"""Carbon and water of energy and of hardware (equations C1 to C3, W1)."""

from __future__ import annotations

from typing import Any

import numpy as np

from planner.engine.arrays import Numeric
from planner.units import GIGA, HOURS_PER_YEAR


def operational_kgco2e(it_energy_kwh: Numeric, pue: Numeric, carbon_kgco2e_per_kwh: Numeric) -> Numeric:
    """Return location-based carbon of electricity (C1). [kgCO2e]. Source: EcoLogits methodology."""
    return it_energy_kwh * pue * carbon_kgco2e_per_kwh


def embodied_kgco2e(
    accelerator_h: Numeric, *, life_years: Numeric, accelerator_kgco2e: float, host_kgco2e: float
) -> Numeric:
    """Return the share of making the hardware that falls on reserved hours (C2). [kgCO2e].

    `host_kgco2e` is one accelerator's share of its server. Source: EcoLogits after Boavizta and NVIDIA.
    """
    return accelerator_h / (life_years * HOURS_PER_YEAR) * (accelerator_kgco2e + host_kgco2e)


def ecologits_wh(
    active_params: Numeric, accelerators: Numeric, output_tokens: Numeric, batch: Numeric = 64.0
) -> Any:
    """Return the accelerators' energy of one request by the regression of EcoLogits (C3). [Wh].

    Only a cross-check of I2 and P1, good to a factor of three.
    """
    return (
        accelerators
        * output_tokens
        * (1.1665e-6 * np.exp(-0.011206 * batch) * active_params / GIGA + 4.0529e-5)
    )


def water_l(
    it_energy_kwh: Numeric, *, site_l_per_kwh: Numeric, pue: Numeric, grid_l_per_kwh: Numeric
) -> Numeric:
    """Return water evaporated on site and at power plants (W1). [L]. Source: Li et al. 2023, EcoLogits."""
    return it_energy_kwh * (site_l_per_kwh + pue * grid_l_per_kwh)
