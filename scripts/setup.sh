#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs the Debian packages that a job needs and that are missing; does nothing when none is.
# usage: scripts/setup.sh [run|test|bench|fuzz ...]     (default: run test)
set -euo pipefail

declare -A packages=(
    [run]="g++ cmake ninja-build ccache pkg-config
           qt6-base-dev qt6-svg-dev fonts-dejavu-core
           libhiredis-dev libexpected-dev nlohmann-json3-dev
           zlib1g-dev liblzma-dev liblz4-dev libzstd-dev"
    [test]="redis-server librapidcheck-dev python3-django-redis python3-msgpack
           libqt6sql6-sqlite libqt6sql6-mysql mariadb-server-core"
    [bench]="redis-server libbenchmark-dev xvfb xauth"
    [fuzz]="clang llvm libclang-rt-14-dev"
)

wanted=()
for job in "${@:-run test}"; do
    for name in $job; do
        [ -n "${packages[$name]:-}" ] || { echo "setup.sh: unknown job '$name' (run, test, bench, fuzz)" >&2; exit 2; }
        read -r -d '' -a list <<<"${packages[$name]}" || true
        wanted+=("${list[@]}")
    done
done

missing=()
for package in "${wanted[@]}"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

root=()
[ "$(id -u)" = 0 ] || root=(sudo)
echo "Installing: ${missing[*]}"
"${root[@]}" apt-get update -q
"${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "${missing[@]}"
