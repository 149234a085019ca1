// SPDX-License-Identifier: MIT
using System;
using Denali.Engine;

namespace Denali.Kernel.Network;

/// <summary>A frame wherever it lies. Structures implement it, so that copying is compiled for each.</summary>
internal interface IFrameSource
{
    /// <summary>Bytes of the frame.</summary>
    int LengthBytes { get; }

    /// <summary>Copies a part of the frame.</summary>
    /// <param name="offset">First byte.</param>
    /// <param name="destination">Where it goes; its length says how much.</param>
    void CopyTo(int offset, Span<byte> destination);

    /// <summary>Copies a part of the frame into a VM.</summary>
    /// <param name="offset">First byte.</param>
    /// <param name="memory">The VM's memory.</param>
    /// <param name="address">Where, a range that was checked.</param>
    /// <param name="bytes">How much.</param>
    void CopyTo(int offset, GuestMemory memory, ulong address, int bytes);
}
