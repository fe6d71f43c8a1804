"""Sweeps: a plan at every point of a grid, streamed to a file in blocks.

`grid` reads axes and numbers their points; `blocks` computes one block; `local` and `cluster` compute many,
in processes here or on a Dask cluster; `store` keeps finished blocks and makes the file of them; `stream`
leads all that; `read` opens such a file again; `outline` counts while it goes by.

The files are Parquet, by pyarrow (Apache-2.0): the one library that streams row groups to a file, carries
our own words in its schema, has wheels for all three systems and is kept up. Its 170 MB are the price.
Fastparquet has been retired by its authors; Polars weighs as much and writes no file piece by piece.
"""
