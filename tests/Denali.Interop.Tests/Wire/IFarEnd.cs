// SPDX-License-Identifier: MIT
namespace Denali.Interop.Tests.Wire;

/// <summary>What is at the other end of a wire from Linux. Called with the wire's lock held.</summary>
internal interface IFarEnd
{
    /// <summary>Takes a frame that arrived.</summary>
    void Deliver(in WireFrame frame, ulong nowNs);

    /// <summary>Does what is due.</summary>
    /// <returns>When to call again at the latest.</returns>
    ulong Poll(ulong nowNs);
}
