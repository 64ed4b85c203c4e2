// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/memorypolicy.h"

#include <cstdlib> // tells whether this is glibc

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace Cachelens {

void giveBackFreedMemory()
{
#ifdef __GLIBC__
    constexpr int largeBlock = 64 * 1024;
    mallopt(M_MMAP_THRESHOLD, largeBlock); // a fixed threshold does not grow
#endif
}

} // namespace Cachelens
