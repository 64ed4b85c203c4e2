#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Measures what the README promises: a table, and one JSON line a figure. Each figure of the
# inspector stands beside a plain hiredis loop measured in the same run.
# usage: scripts/bench.sh [keys|payload|backend|inspector|queue|window|signals|cached ...]
# (default: all)
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh run test bench
cmake --preset release -DBUILD_TESTING=ON >&2
cmake --build --preset release --target cachelens benchmarks >&2
bin=build/release/bin
for what in "${@:-keys payload backend inspector queue window signals cached}"; do
    for name in $what; do
        case $name in
            keys) "$bin/bench_keys" ;;
            payload) "$bin/bench_payload" ;;
            backend) "$bin/bench_backend" ;;
            inspector) "$bin/inspectorbench" ;;
            cached) "$bin/cachedbench" ;;
            signals) "$bin/signalbench" ;;
            queue) "$bin/queuebench" ;;
            window) xvfb-run -a -s "-screen 0 1600x1000x24" "$bin/windowbench" ;;
            *) echo "bench.sh: unknown benchmark '$name'" >&2; exit 2 ;;
        esac
    done
done
