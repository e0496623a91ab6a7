"""Speed and memory of chainrule beside its peers: one run, the same inputs, the same threads.

    python -m benchmarks W1 W2 --threads 2

workloads    what is trained; its arithmetic, its data, its first weights
contestants  who trains it, each driven as its users would
worker       one contestant in a process of its own, which answers over pipes
race         all of them in alternating rounds
report       medians, ratios, share of the peak

The other measurements: products, widths, neighbor, compilation. None of them is a test: a time from
one machine says nothing on another, a ratio from one run says something.
"""
