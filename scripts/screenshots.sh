#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Draws the README's pictures anew, from the real window on the embedded demo.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh run
[ -f build/release/build.ninja ] || cmake --preset release -DBUILD_TESTING=OFF
cmake --build --preset release --target cachelens
export QT_QPA_PLATFORM=offscreen
# An entry that never expires: it is there whenever the picture is drawn.
entry=:1:shop.settings.feature_flags::environment:production::
picture() { build/release/bin/cachelens --demo --screenshot "docs/$1" --select "$entry" "${@:2}"; }

picture window.png --size 1440x860 --theme light
picture signals.png --size 1440x860 --theme light --dock signals
picture playground.png --size 1440x860 --theme light --dock playground
