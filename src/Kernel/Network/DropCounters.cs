// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;

namespace Denali.Kernel.Network;

/// <summary>One counter for each <see cref="DropReason"/>.</summary>
[InlineArray(Length)]
internal struct DropCounters
{
    internal const int Length = (int)DropReason.NotRunning + 1;

    private ulong _first;
}
