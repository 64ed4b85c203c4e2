#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs what is missing, builds, and starts Cachelens with the arguments given; without any it
# opens the last connection, the first time the embedded demo.
set -euo pipefail
cd "$(dirname "$0")/.."
here=$OLDPWD

scripts/setup.sh run
[ -f build/release/build.ninja ] || cmake --preset release -DBUILD_TESTING=OFF >&2
cmake --build --preset release --target cachelens >&2
program=$PWD/build/release/bin/cachelens
cd "$here"
exec "$program" "$@"
