// SPDX-License-Identifier: MIT
using System;
using Denali.Net;

namespace Denali.Bench.Visits;

/// <summary>The pages that visitors may ask for, by number, and where each of them is.</summary>
/// <param name="EndpointOf">Who has a page.</param>
/// <param name="RequestOf">What to send for it; the answer stays on the connection's stream, which may go on.</param>
/// <param name="PageBytes">Length of a page.</param>
internal sealed record PageSet(Func<int, IpEndpoint> EndpointOf, Func<int, byte[]> RequestOf, int PageBytes)
{
    /// <summary>What every page holds, byte by byte; null if only its length is checked.</summary>
    internal byte[]? Content { get; init; }
}
