// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;

namespace Denali.Net;

/// <summary>The addresses of one answer.</summary>
[InlineArray(Capacity)]
public struct DnsAddressList
{
    /// <summary>Most addresses that are kept. Who has more takes turns in what comes first.</summary>
    public const int Capacity = 8;

    private IpAddress _first;
}
