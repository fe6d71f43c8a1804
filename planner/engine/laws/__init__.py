"""Laws with fitted constants: pure functions of a job and constants, on numbers or arrays alike."""
