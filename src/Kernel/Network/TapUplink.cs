// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Collections.Generic;
using Denali.Linux;
using Denali.Net;

namespace Denali.Kernel.Network;

/// <summary>
/// The way out of the LAN into Linux: an Ethernet interface of Linux that has the gateway's addresses. Linux sees all
/// VMs that it serves on one segment. Checksums and large frames go as they are, both ways: a TAP device takes them.
/// </summary>
/// <remarks>
/// The interface has a queue for each worker where that is possible. Linux sends a connection's frames to the queue
/// that its VM's frames came from last: so they come to the worker that the VM is on. Sending: any thread, each queue.
/// Receiving: the worker that has the queue.
/// </remarks>
internal sealed class TapUplink : IDisposable
{
    /// <summary>Bytes that a frame needs before it in the buffer.</summary>
    internal const int HeaderBytes = TapDevice.HeaderBytes;

    private const byte NeedsChecksum = 1;
    private const byte ChecksumValid = 2;
    private const byte SegmentTcpIpv4 = 1;
    private const byte SegmentTcpIpv6 = 4;
    private const byte SegmentEcn = 0x80;
    private const int TcpHeaderLengthOffset = 12;

    private readonly MacAddress _linux;
    private readonly FrozenSet<uint>? _groups;

    private readonly TapDevice[] _queues;

    private TapUplink(TapDevice[] queues, IReadOnlyCollection<uint>? groups)
    {
        _queues = queues;
        _groups = groups?.ToFrozenSet();
        _linux = new MacAddress(queues[0].MacAddress);
    }

    /// <summary>How many queues it has. A worker has the queue of its own index, if there are so many.</summary>
    internal int QueueCount => _queues.Length;

    /// <summary>Opens the interface.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="groups">The isolation groups that it serves, or null for all.</param>
    /// <param name="queueCount">How many queues it is to have, if it is not there already.</param>
    /// <exception cref="KernelException">It cannot be; the message says why. Nothing is left of it.</exception>
    internal static TapUplink Open(string name, IReadOnlyCollection<uint>? groups = null, int queueCount = 1)
    {
        CheckName(name);
        try
        {
            TapDevice[] queues = TapDevice.OpenQueues(name, SwitchAddressing.GatewayMac.Value, queueCount);
            return new TapUplink(queues, groups);
        }
        catch (LinuxException e)
        {
            throw new KernelException(Explain(name, e), e);
        }
    }

    public void Dispose() => Array.ForEach(_queues, queue => queue.Dispose());

    /// <summary>A queue, to wait for.</summary>
    internal TapDevice Queue(int index) => _queues[index];

    /// <summary>Whether the VMs of an isolation group and Linux may exchange frames. Any thread.</summary>
    internal bool Serves(uint group) => _groups is null || _groups.Contains(group);

    /// <summary>Gives Linux a frame that a VM sent to the gateway, which Linux is.</summary>
    /// <param name="buffer">
    /// <see cref="HeaderBytes"/> of room, and the frame. Its destination is overwritten with the interface's own.
    /// </param>
    /// <param name="offload">What travels beside it.</param>
    /// <param name="queue">The queue that what is sent in answer is to come to.</param>
    /// <param name="rest">What follows the buffer, or null.</param>
    /// <returns>False if Linux does not take it.</returns>
    internal bool TrySendToLinux(
        Span<byte> buffer, in FrameOffload offload, int queue = 0, PieceList? rest = null)
    {
        _linux.Write(buffer[HeaderBytes..]);
        return TrySend(buffer, offload, queue, rest);
    }

    /// <summary>Puts a frame on the segment that Linux's end is on, perhaps by a bridge.</summary>
    /// <param name="buffer">
    /// <see cref="HeaderBytes"/> of room, and the frame, or its beginning with all protocol headers.
    /// </param>
    /// <param name="offload">What travels beside it.</param>
    /// <param name="queue">The queue that what is sent in answer is to come to.</param>
    /// <param name="rest">What follows the buffer, or null.</param>
    /// <returns>False if Linux does not take it.</returns>
    internal bool TrySend(Span<byte> buffer, in FrameOffload offload, int queue = 0, PieceList? rest = null)
    {
        WriteHeader(buffer, buffer[HeaderBytes..], offload);
        TapDevice device = _queues[queue];
        return rest is { Count: > 0 } ? device.TryWrite(buffer, rest) : device.TryWrite(buffer);
    }

    /// <summary>Takes the next frame that Linux sent.</summary>
    /// <param name="buffer">Room for <see cref="HeaderBytes"/> and a largest frame.</param>
    /// <param name="frame">The frame, a part of the buffer.</param>
    /// <param name="offload">What travels beside it.</param>
    /// <param name="queue">The queue.</param>
    /// <returns>False if there is none. A frame that is too short is empty.</returns>
    internal bool TryReceive(Span<byte> buffer, out Span<byte> frame, out FrameOffload offload, int queue = 0)
    {
        int bytes = _queues[queue].Read(buffer);
        offload = default;
        frame = default;
        if (bytes == 0)
        {
            return false;
        }

        if (bytes >= HeaderBytes + EthernetHeader.SizeBytes)
        {
            frame = buffer[HeaderBytes..bytes];
            offload = ReadHeader(buffer, frame);
        }

        return true;
    }

    /// <summary>Writes a virtio-net header (Virtio 1.2 section 5.1.6), little-endian.</summary>
    internal static void WriteHeader(Span<byte> header, ReadOnlySpan<byte> frame, in FrameOffload offload)
    {
        header[..HeaderBytes].Clear();
        if (!offload.IsChecksumPartial)
        {
            header[0] = offload.IsChecksumGood ? ChecksumValid : (byte)0;
            return;
        }

        header[0] = NeedsChecksum;
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], offload.ChecksumStart);
        BinaryPrimitives.WriteUInt16LittleEndian(header[8..], offload.ChecksumOffset);
        if (offload.SegmentBytes != 0)
        {
            bool isIpv6 = BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) == (ushort)EtherType.Ipv6;
            header[1] = isIpv6 ? SegmentTcpIpv6 : SegmentTcpIpv4;
            BinaryPrimitives.WriteUInt16LittleEndian(header[2..], offload.HeaderBytes);
            BinaryPrimitives.WriteUInt16LittleEndian(header[4..], offload.SegmentBytes);
        }
    }

    /// <summary>Reads a virtio-net header. What does not fit the frame is taken for no offload.</summary>
    internal static FrameOffload ReadHeader(ReadOnlySpan<byte> header, ReadOnlySpan<byte> frame)
    {
        ushort start = BinaryPrimitives.ReadUInt16LittleEndian(header[6..]);
        ushort offset = BinaryPrimitives.ReadUInt16LittleEndian(header[8..]);
        if ((header[0] & NeedsChecksum) == 0 || start + offset + sizeof(ushort) > frame.Length)
        {
            return new FrameOffload { IsChecksumGood = (header[0] & ChecksumValid) != 0 };
        }

        var offload = new FrameOffload { IsChecksumPartial = true, ChecksumStart = start, ChecksumOffset = offset };
        bool isLarge = (header[1] & ~SegmentEcn) is SegmentTcpIpv4 or SegmentTcpIpv6;
        if (isLarge && start + TcpHeaderLengthOffset < frame.Length)
        {
            // The header's own length is only a hint; that of TCP is in the frame.
            int headerBytes = start + ((frame[start + TcpHeaderLengthOffset] >> 4) * 4);
            bool isInside = headerBytes <= frame.Length;
            offload.SegmentBytes = isInside ? BinaryPrimitives.ReadUInt16LittleEndian(header[4..]) : (ushort)0;
            offload.HeaderBytes = isInside ? (ushort)headerBytes : (ushort)0;
        }

        return offload;
    }

    private static void CheckName(string name)
    {
        bool isGood = name.Length is > 0 and <= TapDevice.NameMax && name is not ("." or "..");
        foreach (char letter in name)
        {
            isGood = isGood && letter is > ' ' and <= '~' and not ('/' or ':' or '%');
        }

        if (!isGood)
        {
            throw new KernelException(
                $"'{name}' cannot be the name of a TAP interface: use 1 to {TapDevice.NameMax} letters and digits");
        }
    }

    private static string Explain(string name, LinuxException error)
    {
        const int NotPermitted = 1;
        const int NoEntry = 2;
        const int NoDeviceOrAddress = 6;
        const int AccessDenied = 13;
        const int Busy = 16;
        const int NoDevice = 19;
        const int Invalid = 22;
        return error.Errno switch
        {
            NoEntry or NoDeviceOrAddress or NoDevice =>
                "/dev/net/tun is missing: load the driver with 'modprobe tun', or give the container the device",
            NotPermitted or AccessDenied =>
                $"no permission to make the TAP interface '{name}': run with CAP_NET_ADMIN, or let root make it for "
                + $"you with 'ip tuntap add {name} mode tap vnet_hdr user NAME'",
            Busy => $"the TAP interface '{name}' is in use by another program: choose another name",
            Invalid => $"there is already an interface '{name}' that is no TAP with vnet_hdr and one queue, or that "
                + "another program uses: choose another name",
            _ => $"the TAP interface '{name}' cannot be made: {error.Message}",
        };
    }
}
