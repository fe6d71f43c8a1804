"""Plan how to adapt a large language model: prompt, fine-tune, distil, or both, month by month."""

__version__ = "0.1.0"
