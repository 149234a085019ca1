// SPDX-License-Identifier: MIT
using System;

namespace Denali.Interop.Tests.Ends;

/// <summary>How long tests wait for what has to happen.</summary>
internal static class Patience
{
    /// <summary>Far longer than anything takes: the machine may be busy.</summary>
    internal static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);
}
