"""From files to what a network reads: tables, tokens, vocabulary, splits, ids, and problems.

The way through the modules: `readers` (a file or `folder`, by way of `textfile`, `encoding`,
`separated`, `columns` and `rows`) or `builtin` make a `table`; `dataset` makes it ready for
training with `splits`, `tokens` and `vocabulary`; `checks` says what may be wrong with it.
"""
