"""Conversion in a process of its own, with limits: a document that hangs, crashes or eats memory is one failed file.

Three processes stand behind a thread that converts:

- the *worker*, which calls `children.Children.convert` and holds the clock (`keeper_process`);
- its *keeper* (`__main__`, `keeper`): a fresh interpreter with the converters' libraries loaded, alone in its
  namespaces where the system permits that (`namespaces`). It lives as long as the worker;
- a *converter* (`converter`) for each document: a fork of the keeper, which shuts itself in (`confinement`, with
  `landlock` and `seccomp`), converts, and ends. Whatever it started ends with it.

`ends` judges how a converter ended, `jobs` is what the three tell each other.
"""
