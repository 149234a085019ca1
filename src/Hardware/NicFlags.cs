// SPDX-License-Identifier: MIT
namespace Denali.Hardware;

/// <summary>Flags of a <see cref="NicDescriptor"/>.</summary>
[System.Flags]
public enum NicFlags : uint
{
    /// <summary>A whole frame with complete checksums.</summary>
    None = 0,

    /// <summary>The frame goes on in the next descriptor.</summary>
    More = 1,

    /// <summary>The transport checksum holds only the pseudo header; complete it on the way out of the
    /// machine.</summary>
    ChecksumPartial = 2,

    /// <summary>Receive: the transport checksum is known to be good.</summary>
    ChecksumGood = 4,
}
