// SPDX-License-Identifier: MIT
namespace Denali.Bench;

/// <summary>The ports of the guest "netperf".</summary>
internal static class NetperfPorts
{
    /// <summary>What is sent there is dropped.</summary>
    internal const ushort Sink = 5001;

    /// <summary>What is sent there comes back.</summary>
    internal const ushort Echo = 5003;
}
