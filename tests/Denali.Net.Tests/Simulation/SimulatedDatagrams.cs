// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Denali.Net.Tests.Simulation;

/// <summary>A UDP socket of a host that sends datagrams, also in fragments, and looks at those that come.</summary>
internal sealed class SimulatedDatagrams
{
    private const ushort Port = 4000;
    private const int HeaderBytes = 8;
    private const int CountMax = 60;

    private readonly byte[] _scratch = new byte[65536];
    private readonly Random _random;
    private readonly UdpSocket _socket;
    private int _left;

    public SimulatedDatagrams(SimulatedHost host, SimulationPlan plan, Random random)
    {
        _random = random;
        _left = random.Next(CountMax);
        HostCount = plan.HostCount;
        Number = host.Number;
        NextNs = _left == 0 ? ulong.MaxValue : plan.StartNs;
        _socket = host.Stack.Udp.Open();
        _socket.IsDualStack = true;
        if (host.Stack.Udp.Bind(_socket, new IpEndpoint(default, Port)) != NetError.None)
        {
            throw new InvalidOperationException("a free port is not");
        }
    }

    public ulong NextNs { get; private set; }

    public bool IsOver => _left == 0;

    public int ReceivedCount { get; private set; }

    private int HostCount { get; }

    private int Number { get; }

    /// <summary>Sends one, if it is time.</summary>
    public bool SendIfDue(ulong nowNs)
    {
        if (_left == 0 || nowNs < NextNs)
        {
            return false;
        }

        _left--;
        NextNs = _left == 0 ? ulong.MaxValue : nowNs + (ulong)_random.Next(1, 200_000_000);
        int to = _random.Next(HostCount);
        Span<byte> bytes = _scratch.AsSpan(0, HeaderBytes + _random.Next(1 << _random.Next(4, 14)));
        BinaryPrimitives.WriteInt32BigEndian(bytes, to);
        BinaryPrimitives.WriteInt32BigEndian(bytes[4..], bytes.Length);
        Pattern.Fill(bytes[HeaderBytes..], bytes.Length, 0);
        IpAddress address = _random.Next(2) == 0
            ? IpAddress.FromIpv4(0x0A00_0001u + (uint)to)
            : new IpAddress(0xFD00_0000_0000_0000, 1 + (ulong)to);
        _ = _socket.Send(bytes, new IpEndpoint(address, Port));
        return true;
    }

    /// <summary>Takes what came: whole, unchanged, and for this host.</summary>
    public void ReceiveAll()
    {
        _ = _socket.TakeError();
        while (_socket.TryReceive(_scratch, isPeek: false, out UdpDatagram datagram))
        {
            ReadOnlySpan<byte> bytes = _scratch.AsSpan(0, datagram.LengthBytes);
            bool isGood = bytes.Length >= HeaderBytes
                && BinaryPrimitives.ReadInt32BigEndian(bytes) == Number
                && BinaryPrimitives.ReadInt32BigEndian(bytes[4..]) == bytes.Length
                && Pattern.Matches(bytes[HeaderBytes..], bytes.Length, 0);
            if (!isGood)
            {
                throw new InvalidOperationException($"a datagram of {bytes.Length} bytes came that nobody sent");
            }

            ReceivedCount++;
        }
    }

    public void Close() => _socket.Close();
}
