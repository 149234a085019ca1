// SPDX-License-Identifier: MIT
namespace Denali.Net;

/// <summary>
/// What travels beside a frame: work that the sender left to whoever puts the frame on a real wire, and work that the
/// receiver need not do. The fields are those of a NIC descriptor and of a virtio-net header.
/// </summary>
public struct FrameOffload
{
    /// <summary>
    /// The transport checksum holds only the sum of the pseudo header. Sending: it is to be completed. Receiving: the
    /// frame never left the machine and is as good as checked.
    /// </summary>
    public bool IsChecksumPartial;

    /// <summary>Receiving: the transport checksum was found good. The IPv4 header's is always checked.</summary>
    public bool IsChecksumGood;

    /// <summary>Offset in the frame where the checksum begins to sum: the transport header.</summary>
    public ushort ChecksumStart;

    /// <summary>Offset from <see cref="ChecksumStart"/> of the checksum field.</summary>
    public ushort ChecksumOffset;

    /// <summary>Bytes of TCP payload per segment if the frame is several in one; 0 if it is one.</summary>
    public ushort SegmentBytes;

    /// <summary>Bytes of link, network and transport headers, to repeat before each segment.</summary>
    public ushort HeaderBytes;
}
