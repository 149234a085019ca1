// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;
using Denali.Linux.Interop;

namespace Denali.Linux;

/// <summary>
/// A TAP device: an Ethernet interface of Linux whose other end is this process. Frames carry a virtio-net header, so
/// that checksums and cutting are left to whoever needs them. A device that did not exist before vanishes with this
/// object, or with the process.
/// </summary>
/// <remarks>
/// Reading: one thread at a time. Writing: any thread. A device may have several queues, an object for each. Linux puts
/// the frames of a connection into the queue that its other side's frames were written to last.
/// </remarks>
public sealed unsafe class TapDevice : IDisposable
{
    /// <summary>Bytes of the header before each frame.</summary>
    public const int HeaderBytes = 10;

    /// <summary>Longest name of an interface.</summary>
    public const int NameMax = InterfaceName.Length - 1;

    /// <summary>Most queues of a device: the driver's own limit.</summary>
    public const int QueueMax = 256;

    private const int Busy = 16;
    private const int Kind = Libc.IFF_TAP | Libc.IFF_NO_PI | Libc.IFF_VNET_HDR;
    private const uint Offloads = Libc.TUN_F_CSUM | Libc.TUN_F_TSO4 | Libc.TUN_F_TSO6 | Libc.TUN_F_TSO_ECN;

    private readonly FileDescriptor _descriptor;
    private readonly int _fd;

    private TapDevice(FileDescriptor descriptor, ulong macAddress)
    {
        _descriptor = descriptor;
        _fd = descriptor.Fd;
        MacAddress = macAddress;
    }

    /// <summary>Hardware address of Linux's end, first byte in bits 40-47.</summary>
    public ulong MacAddress { get; }

    /// <summary>The descriptor, to wait for.</summary>
    internal int Descriptor => _fd;

    /// <summary>Makes a device, or takes the end of one that somebody made for us.</summary>
    /// <param name="name">Its name: 1 to <see cref="NameMax"/> bytes of ASCII.</param>
    /// <param name="macAddress">
    /// The hardware address that Linux's end is to have, first byte in bits 40-47. A device of somebody else's keeps
    /// its own if this process may not change it.
    /// </param>
    /// <returns>The device; the caller disposes it.</returns>
    /// <exception cref="LinuxException">It cannot be made. Nothing is left of it.</exception>
    public static TapDevice Open(string name, ulong macAddress) => Open(name, macAddress, Kind);

    /// <summary>Makes a device with several queues. The end of one that somebody made for us has one.</summary>
    /// <param name="name">Its name, as with <see cref="Open(string, ulong)"/>.</param>
    /// <param name="macAddress">Its address, likewise.</param>
    /// <param name="count">How many queues it is to have; it has <see cref="QueueMax"/> at most.</param>
    /// <returns>The queues, one at least; the caller disposes them.</returns>
    /// <exception cref="LinuxException">It cannot be made. Nothing is left of it.</exception>
    public static TapDevice[] OpenQueues(string name, ulong macAddress, int count)
    {
        count = Math.Clamp(count, 1, QueueMax);
        var queues = new List<TapDevice>(count);
        try
        {
            // Anybody may join the queues of a device that is there already. So only one that is new has several.
            while (count > 1 && queues.Count < count)
            {
                int isNew = queues.Count == 0 ? Libc.IFF_TUN_EXCL : 0;
                queues.Add(Open(name, macAddress, Kind | Libc.IFF_MULTI_QUEUE | isNew));
            }
        }
        catch (LinuxException e) when (e.Errno == Busy && queues.Count == 0)
        {
            // It is there: with one queue it may be ours to use.
        }
        catch
        {
            queues.ForEach(queue => queue.Dispose());
            throw;
        }

        return queues.Count == 0 ? [Open(name, macAddress)] : [.. queues];
    }

    /// <summary>Reads a frame that Linux sent.</summary>
    /// <param name="buffer">Room for the header and a frame.</param>
    /// <returns>Bytes of both, or 0 if there is none.</returns>
    public int Read(Span<byte> buffer)
    {
        // SAFETY: the buffer is pinned for the length of the call, which writes no more than its length.
        fixed (byte* pointer = buffer)
        {
            return (int)Math.Max(Libc.read(_fd, pointer, (nuint)buffer.Length), 0);
        }
    }

    /// <summary>Gives Linux a frame.</summary>
    /// <param name="frame">The header and the frame.</param>
    /// <returns>False if Linux did not take it: the interface is down, or has no memory for it.</returns>
    public bool TryWrite(ReadOnlySpan<byte> frame)
    {
        // SAFETY: the frame is pinned for the length of the call.
        fixed (byte* pointer = frame)
        {
            return Libc.write(_fd, pointer, (nuint)frame.Length) == frame.Length;
        }
    }

    /// <summary>Gives Linux a frame that lies in several places.</summary>
    /// <param name="head">The header and the beginning of the frame.</param>
    /// <param name="rest">The rest of the frame.</param>
    /// <returns>As with <see cref="TryWrite(ReadOnlySpan{byte})"/>.</returns>
    public bool TryWrite(ReadOnlySpan<byte> head, PieceList rest)
    {
        ArgumentNullException.ThrowIfNull(rest);

        // SAFETY: the head is pinned for the length of the call; for the pieces whoever added them vouches.
        fixed (byte* pointer = head)
        {
            return rest.Write(_fd, pointer, head.Length) == head.Length + rest.TotalBytes;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _descriptor.Dispose();

    private static TapDevice Open(string name, ulong macAddress, int flags)
    {
        FileDescriptor descriptor = FileDescriptor.OpenReadWrite("/dev/net/tun", nonBlocking: true);
        try
        {
            InterfaceRequest request = Request(name);
            request.Flags = unchecked((short)flags);

            // SAFETY: the structures live on this stack for the length of the calls. The same holds below.
            Check(Libc.ioctl(descriptor.Fd, Libc.TUNSETIFF, (nuint)(&request)), "TUNSETIFF");
            int header = HeaderBytes;
            Check(Libc.ioctl(descriptor.Fd, Libc.TUNSETVNETHDRSZ, (nuint)(&header)), "TUNSETVNETHDRSZ");
            Check(Libc.ioctl(descriptor.Fd, Libc.TUNSETOFFLOAD, Offloads), "TUNSETOFFLOAD");
            return new TapDevice(descriptor, Configure(name, macAddress));
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }
    }

    private static InterfaceRequest Request(string name)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(name.Length, NameMax);
        InterfaceRequest request = default;
        Encoding.ASCII.GetBytes(name, request.Name);
        return request;
    }

    /// <summary>Sets the address and switches the interface on, as far as this process may.</summary>
    /// <returns>The address that it has then.</returns>
    private static ulong Configure(string name, ulong macAddress)
    {
        using var socket = new FileDescriptor(
            Libc.socket(Libc.AF_INET, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0));
        if (socket.IsInvalid)
        {
            throw LinuxException.FromLastError("socket");
        }

        InterfaceRequest request = Request(name);
        request.AddressFamily = (ushort)Libc.ARPHRD_ETHER;
        request.AddressBytes = BinaryPrimitives.ReverseEndianness(macAddress << 16);

        // SAFETY: as above.
        CheckUnlessForbidden(Libc.ioctl(socket.Fd, Libc.SIOCSIFHWADDR, (nuint)(&request)), "SIOCSIFHWADDR");
        request = Request(name);
        Check(Libc.ioctl(socket.Fd, Libc.SIOCGIFFLAGS, (nuint)(&request)), "SIOCGIFFLAGS");
        if ((request.Flags & Libc.IFF_UP) == 0)
        {
            request.Flags |= (short)Libc.IFF_UP;
            CheckUnlessForbidden(Libc.ioctl(socket.Fd, Libc.SIOCSIFFLAGS, (nuint)(&request)), "SIOCSIFFLAGS");
        }

        request = Request(name);
        Check(Libc.ioctl(socket.Fd, Libc.SIOCGIFHWADDR, (nuint)(&request)), "SIOCGIFHWADDR");
        return BinaryPrimitives.ReverseEndianness(request.AddressBytes) >> 16;
    }

    private static void Check(int result, string operation)
    {
        if (result < 0)
        {
            throw LinuxException.FromLastError(operation);
        }
    }

    // A device that root made for somebody is root's to configure.
    private static void CheckUnlessForbidden(int result, string operation)
    {
        if (result < 0 && Marshal.GetLastPInvokeError() != Libc.EPERM)
        {
            throw LinuxException.FromLastError(operation);
        }
    }
}
