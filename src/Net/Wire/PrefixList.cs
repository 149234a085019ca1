// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;

namespace Denali.Net;

/// <summary>The prefixes of one router advertisement.</summary>
[InlineArray(Capacity)]
public struct PrefixList
{
    /// <summary>Most prefixes that are kept. A link has one or two; the rest is ignored.</summary>
    public const int Capacity = 4;

    private PrefixInformation _first;
}
