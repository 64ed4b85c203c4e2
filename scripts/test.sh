#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs what is missing, builds what has threads of its own with the thread sanitizer and every
# test with the address and undefined-behaviour sanitizers, and runs them. Arguments go to ctest:
# scripts/test.sh -R keyindex
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh run test
werror=OFF
[ "${CI:-}" = true ] && werror=ON

cmake --preset tsan -DCACHELENS_WERROR=$werror
cmake --build --preset tsan --target thread-tests
TSAN_OPTIONS="suppressions=$PWD/tests/support/tsan.supp:print_suppressions=0:${TSAN_OPTIONS:-}" \
    ctest --preset tsan -L '^threads$' --no-tests=ignore --parallel "$(nproc)" "$@"

cmake --preset asan -DCACHELENS_WERROR=$werror
cmake --build --preset asan
# Qt, fontconfig and the like keep some memory for good; what the project leaks is reported.
export LSAN_OPTIONS="suppressions=$PWD/tests/support/lsan.supp:print_suppressions=0"
export UBSAN_OPTIONS=print_stacktrace=1
ctest --preset asan --parallel "$(nproc)" "$@"
