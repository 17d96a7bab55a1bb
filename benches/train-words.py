#!/usr/bin/env python3
"""Makes rules/trigrams.bin, the table that src/rules/words.rs reads: how
surprising each letter is behind the two before it, learnt from the words of
the trees named on the command line.

    python3 benches/train-words.py OUT TREE...

A word counts once a file and must stand in six files or more, so that no token
of some fixture is learnt; how often it stands counts by its logarithm. Of each
tree at most 25 MB are read, in an order drawn with a fixed seed. The table in
use was made of the Linux kernel's drivers, file systems and documents, Ansible,
some two hundred Rust crates, Python's library with a few packages, npm,
/usr/share/doc and Perl's library; 5 of 100 words were held back to measure
with, and the script prints how well they are told from random letters.
"""

import collections
import hashlib
import math
import os
import random
import re
import sys

TEXT = {".c", ".h", ".py", ".rs", ".rst", ".md", ".txt", ".js", ".ts", ".yml", ".yaml", ".toml", ".java", ".go", ".rb",
        ".sh", ".pl", ".pm", ".json", ".html"}
PIECE = re.compile(rb"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
SYMBOLS = 27
MOST = 25_000_000
FEWEST_FILES = 6


def words_of(trees):
    words = collections.Counter()
    for tree in trees:
        files = sorted(os.path.join(d, name) for d, _, names in os.walk(tree) for name in names
                       if os.path.splitext(name)[1] in TEXT)
        random.Random(1).shuffle(files)
        total = 0
        for path in files:
            try:
                with open(path, "rb") as file:
                    text = file.read(200_000)
            except OSError:
                continue
            total += len(text)
            if total > MOST:
                break
            words.update(w.lower().decode() for w in set(PIECE.findall(text)) if 3 <= len(w) <= 20)
    return {word: count for word, count in words.items() if count >= FEWEST_FILES}


def symbols(word):
    return [0, 0, *(ord(letter) - 96 for letter in word), 0]


def table_of(words):
    three, two, one = [0.0] * SYMBOLS**3, [0.0] * SYMBOLS**2, [0.0] * SYMBOLS
    for word, count in words.items():
        weight, text = math.log2(1 + count), symbols(word)
        for a, b, c in zip(text, text[1:], text[2:]):
            three[(a * SYMBOLS + b) * SYMBOLS + c] += weight
            two[b * SYMBOLS + c] += weight
            one[c] += weight
    table = bytearray(SYMBOLS**3)
    all_one = sum(one)
    all_two = [sum(two[b * SYMBOLS:(b + 1) * SYMBOLS]) for b in range(SYMBOLS)]
    for a in range(SYMBOLS):
        for b in range(SYMBOLS):
            base = (a * SYMBOLS + b) * SYMBOLS
            all_three = sum(three[base:base + SYMBOLS])
            for c in range(SYMBOLS):
                p = (one[c] + 1) / (all_one + SYMBOLS)
                p = (two[b * SYMBOLS + c] + 30 * p) / (all_two[b] + 30)
                p = (three[base + c] + 20 * p) / (all_three + 20)
                table[base + c] = min(255, round(-16 * math.log2(p)))
    return bytes(table)


def main(out, trees):
    words = words_of(trees)
    held = {w for w in words if hashlib.md5(w.encode()).digest()[0] < 13}
    table = table_of({w: n for w, n in words.items() if w not in held})

    def bits(word):
        text = symbols(word)
        return sum(table[(a * SYMBOLS + b) * SYMBOLS + c] for a, b, c in zip(text, text[1:], text[2:])) / 16 / (len(word) + 1)

    chance = random.Random(2)
    print(f"{len(words)} words, {len(held)} of them held back; bits a letter:")
    for length in (5, 6, 7, 8, 10, 12):
        real = sorted(bits(w) for w in held if len(w) == length)
        drawn = sorted(bits("".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=length))) for _ in range(3000))
        if real:
            print(f"{length:2} letters: 95 of 100 words below {real[int(len(real) * 0.95)]:.2f}, "
                  f"95 of 100 random ones above {drawn[150]:.2f}")
    with open(out, "wb") as file:
        file.write(table)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2:])
