// SPDX-License-Identifier: MIT
namespace Denali.Kernel.Network;

/// <summary>How a VM is attached to the virtual LAN. Rates of 0 do not limit.</summary>
public sealed class NetworkOptions
{
    /// <summary>Highest rate that means anything: above it, a unit takes less than a nanosecond.</summary>
    public const ulong RateMax = 1_000_000_000;

    /// <summary>Isolation group. VMs of different groups cannot exchange a frame.</summary>
    public uint Group { get; init; }

    /// <summary>
    /// Most bytes that it sends per second, 0 for as many as it can; at most <see cref="RateMax"/>.
    /// </summary>
    public ulong BytesPerSecond { get; init; }

    /// <summary>
    /// Most frames that it sends per second, 0 for as many as it can; at most <see cref="RateMax"/>.
    /// </summary>
    public ulong FramesPerSecond { get; init; }

    /// <summary>
    /// Bytes that it may send at once after it was silent; 0 for a tenth of a second's. One frame always passes.
    /// </summary>
    public ulong BurstBytes { get; init; }

    /// <summary>Frames that it may send at once after it was silent; 0 for a tenth of a second's.</summary>
    public ulong BurstFrames { get; init; }

    /// <summary>Whether it may reach the world outside through the <see cref="UserUplink"/>.</summary>
    public bool AllowOutbound { get; init; }

    /// <summary>
    /// Whether its IPv4 address is one that a DHCP server behind the TAP interface gives it, and not a computed one.
    /// Then it is on the network there: it may exchange IPv4 with any machine on that, under this address and no other.
    /// The kernel must have a TAP interface. The guest has to ask for the address, as Ilwaco does.
    /// </summary>
    public bool UseDhcp { get; init; }
}
