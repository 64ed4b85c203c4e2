// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace Cachelens {

/// Has the C library give large blocks back to the system as soon as they are freed. By default
/// glibc keeps more with every large block that comes and goes, as each search and each sort does:
/// with a million keys, 40 bytes a key. Call it first, before there are threads.
void giveBackFreedMemory();

} // namespace Cachelens
