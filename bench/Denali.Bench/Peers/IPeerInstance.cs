// SPDX-License-Identifier: MIT
using System;

namespace Denali.Bench.Peers;

/// <summary>An instance of another way to isolate a service; disposing ends it.</summary>
internal interface IPeerInstance : IDisposable
{
    /// <summary>The process that it is, whose children belong to it; null if it lies in this process.</summary>
    int? ProcessId { get; }
}
