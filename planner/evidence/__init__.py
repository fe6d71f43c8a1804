"""Measured runs against predictions: the constants of physics are fitted here, and their intervals earned.

How the parts fit together
--------------------------
``reference``  reads a folder of measured runs. A `Run` has two records: ``settings``, which a prediction may
               read, and ``measured``, which it never sees.
``layout``, ``formats``, ``workloads``, ``recipe``, ``served``: what the words and cells of rows mean.
``names``      turns the names of models and hardware into shapes and cards, unseen names by size and kind.
``study``      what a family module declares: a `Study` joins a law of ``planner.engine.laws`` to its rows.
``cases``      rows of a study with inputs, groups and measured value; the rows it declines, with a reason.
``fit``        fits the constants of a study: priors, effects by level, soft-L1.
``folds``      leaves out whole configurations, models or hardware, and predicts them.
``intervals``  90 % half-widths from what was left out, by how novel a query is.
``families``   one module a family; each gives ``STUDIES``. `families.ALL` is the registry.
``calibrate``  fits all studies and writes ``calibration.json`` and ``left_out.csv``.
``validate``   predicts every row of a folder; ``errors`` counts.
``query``      tells how sure a prediction is that nobody measured; ``asked`` that of what a plan runs.
``nearest``    finds the measured runs closest to a plan. ``own`` re-calibrates a plan by the user's runs.

How to add a family
-------------------
1. A law in ``planner/engine/laws/``: a frozen dataclass of inputs (a number or an array each), a frozen
   dataclass of constants (the same), and a function of the two. No branch on data.
2. A module in ``families/`` with a tuple ``STUDIES`` of `Study`, and its name in ``families/__init__.py``.
   ``column`` says which measured column of a run the study predicts (none: not a row of this study);
   ``describe`` turns the settings of a run into a `Described` or raises `Declined`; ``value`` turns what was
   measured into the law's unit.
3. ``planner calibrate`` fits it; ``planner validate`` shows it.

A study that needs another one's prediction (power needs throughput) names it in ``upstream`` and gives
``join``: it is handed the upstream law's inputs and constants, fitted without the rows that are left out.
"""
